import { filesystemName, findFileDisk, isOverTcp, kindOf, splitDevice } from '../host/index.ts';
import { addon } from '../native/addon.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';

/** What decides how many reads a device wants at once, before it is tried. */
export interface DeviceFacts {
  /** Moves a head between streams. */
  readonly rotational: boolean;
  /** Answers over a network or from a daemon: a read waits long, and many can wait together. */
  readonly remote: boolean;
  /** A block device over TCP: who sends a request holds the connection while it does, see {@link readingPriority}. */
  readonly nvmeTcp: boolean;
}

// Disks of virtual machines call themselves rotating unless their host says otherwise, and hosts seldom do.
const VIRTUAL = /^(?:vd|xvd|nbd|loop|dm-|md)/;

/** Of the device and filesystem under a file; what can't be known is taken for a local solid-state disk. */
export async function readDeviceFacts(file: WarmFile, options: JobOptions): Promise<DeviceFacts> {
  const [disk, magic] = await Promise.all([
    findFileDisk(file.path, splitDevice(file.dev)),
    runJob(options, pathBytes(file), (...job) => addon().statfsMagic(pathBytes(file), ...job)).catch(
      () => null,
    ),
  ]);
  const name = magic === null ? null : filesystemName(magic);
  return {
    rotational: disk?.rotational === true && !VIRTUAL.test(disk.name),
    remote: kindOf({ name }) === 'remote',
    nvmeTcp: disk !== null && (await isOverTcp(disk)),
  };
}
