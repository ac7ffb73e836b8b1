import { filesystemName, kindOf, readBlockDevice, splitDevice } from '../host/index.ts';
import { addon } from '../native/addon.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';

/** What decides how many reads a device wants at once, before it is tried. */
export interface DeviceFacts {
  /** Moves a head between streams. */
  readonly rotational: boolean;
  /** Answers over a network or from a daemon: a read waits long, and many can wait together. */
  readonly remote: boolean;
}

// Disks of virtual machines call themselves rotating unless their host says otherwise, and hosts seldom do.
const VIRTUAL = /^(?:vd|xvd|nbd|loop|dm-|md)/;

/** Of the device and filesystem under a file; what can't be known is taken for a local solid-state disk. */
export async function readDeviceFacts(file: WarmFile, options: JobOptions): Promise<DeviceFacts> {
  const { major, minor } = splitDevice(file.dev);
  const [device, magic] = await Promise.all([
    readBlockDevice(major, minor),
    runJob(options, pathBytes(file), (...job) => addon().statfsMagic(pathBytes(file), ...job)).catch(
      () => null,
    ),
  ]);
  const name = magic === null ? null : filesystemName(magic);
  const rotational = device !== null && device.rotational === true && !VIRTUAL.test(device.name);
  return { rotational, remote: kindOf({ name }) === 'remote' };
}
