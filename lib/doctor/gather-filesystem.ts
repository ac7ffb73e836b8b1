import { realpath } from 'node:fs/promises';
import {
  type BlockDevice,
  filesystemName,
  findMount,
  findMountDevice,
  type HostOptions,
  type Mount,
  type ReadAhead,
  readBlockDevice,
  readMountReadAhead,
  splitDevice,
} from '../host/index.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import type { FilesystemReading, FoliosReading } from './readings.ts';

/** The set's files that share a device number. */
export interface FileGroup {
  readonly example: WarmFile;
  /** `f_type` of statfs(2); null when no file of the group could be opened. */
  readonly magic: number | null;
  readonly files: number;
  readonly bytes: number;
  readonly daxFiles: number;
  readonly folios: FoliosReading | null;
}

/** Reads what lies under files of one device number. */
export async function readFilesystem(
  group: FileGroup,
  mounts: readonly Mount[],
  options: HostOptions,
): Promise<FilesystemReading> {
  const { magic, files, bytes, daxFiles, folios } = group;
  const mount = await findMountOf(group.example, mounts);
  const number = mount === null ? splitDevice(group.example.dev) : await findMountDevice(mount, options);
  const device = number === null ? null : await readBlockDevice(number.major, number.minor, options);
  return {
    name: (magic === null ? null : filesystemName(magic)) ?? mount?.fsType ?? null,
    mountPoint: mount?.mountPoint ?? null,
    ...{ files, bytes, daxFiles, folios, device },
    readAhead: await readReadAhead(device, mount, options),
  };
}

async function findMountOf(file: WarmFile, mounts: readonly Mount[]): Promise<Mount | null> {
  const { major, minor } = splitDevice(file.dev);
  const agrees = (mount: Mount): boolean => mount.major === major && mount.minor === minor;
  const resolved = await realpath(pathBytes(file)).catch(() => null);
  const byPath = resolved === null ? null : findMount(mounts, resolved.toString());
  // btrfs gives each subvolume a number of its own, so that anonymous ones need not agree. Others must: a path may be
  // another one in the mounts that were read, and the file may be gone.
  if (byPath !== null && (byPath.major === 0 || agrees(byPath))) return byPath;
  return mounts.find(agrees) ?? null;
}

async function readReadAhead(
  device: BlockDevice | null,
  mount: Mount | null,
  options: HostOptions,
): Promise<ReadAhead | null> {
  if (mount?.major === 0) return readMountReadAhead(mount, options);
  if (device === null || device.readAheadKb === null) return null;
  return { kib: device.readAheadKb, file: `/sys/block/${device.name}/queue/read_ahead_kb` };
}
