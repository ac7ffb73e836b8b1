import { readdir, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DeviceNumber } from './device-number.ts';
import { type HostOptions, hostPath, hostPathExists, parseCount, readHostTextOrNull } from './host-file.ts';
import type { Mount } from './mountinfo.ts';

/** A read-ahead window and the file that sets it. */
export interface ReadAhead {
  readonly kib: number;
  /** As an absolute path of the host. */
  readonly file: string;
}

/**
 * The disk under a mount. Filesystems with an anonymous device number (btrfs) are looked up by the device that the
 * mount's source names, which for a filesystem of several disks is only one of them. `null`: no disk, or not told.
 */
export async function findMountDevice(mount: Mount, options: HostOptions = {}): Promise<DeviceNumber | null> {
  if (mount.major !== 0) return { major: mount.major, minor: mount.minor };
  const name = await sourceName(mount, options);
  const text = name === null ? null : await readHostTextOrNull(`/sys/class/block/${name}/dev`, options);
  const match = /^(\d{1,10}):(\d{1,10})$/.exec(text?.trim() ?? '');
  return match === null ? null : { major: Number(match[1]), minor: Number(match[2]) };
}

/**
 * The read-ahead window of a mount with an anonymous device number: NFS, FUSE and Ceph have one of their own
 * (Documentation/ABI/testing/sysfs-class-bdi), and so has btrfs, whatever its disks are set to. `null`: for any other
 * mount ask its disk, or it can't be read.
 */
export async function readMountReadAhead(mount: Mount, options: HostOptions = {}): Promise<ReadAhead | null> {
  if (mount.major !== 0) return null;
  const directory =
    mount.fsType === 'btrfs'
      ? await findBtrfsInfo(mount, options)
      : `/sys/class/bdi/${mount.major}:${mount.minor}`;
  if (directory === null) return null;
  const file = `${directory}/read_ahead_kb`;
  const kib = parseCount(await readHostTextOrNull(file, options));
  return kib === null ? null : { kib, file };
}

/** `/sys/fs/btrfs/UUID/bdi` of the filesystem that has the mount's source among its devices. */
async function findBtrfsInfo(mount: Mount, options: HostOptions): Promise<string | null> {
  const name = await sourceName(mount, options);
  if (name === null) return null;
  const ids = await readdir(hostPath('/sys/fs/btrfs', options)).catch((): string[] => []);
  for (const id of ids) {
    if (await hostPathExists(`/sys/fs/btrfs/${id}/devices/${name}`, options))
      return `/sys/fs/btrfs/${id}/bdi`;
  }
  return null;
}

/** The kernel's name of the device that the source names: /dev/mapper/NAME is a link to it. */
async function sourceName(mount: Mount, options: HostOptions): Promise<string | null> {
  if (!mount.source.startsWith('/dev/')) return null;
  return basename(await realpath(hostPath(mount.source, options)).catch(() => mount.source));
}
