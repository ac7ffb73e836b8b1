import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { usersInWords } from '../../../change/index.ts';
import { isSystemError, WarmsetError } from '../../../errors.ts';
import { hostPath, readHostTextOrNull } from '../../../host/host-file.ts';
import { type HostOptions, type Mount, readMounts } from '../../../host/index.ts';
import { attribute, entriesOf } from '../../nvme/sysfs.ts';

/** What uses a disk, its partitions, or what is built on them; a line each, empty where nothing is seen. */
export async function usersOfDisk(disk: string, options: HostOptions = {}): Promise<readonly string[]> {
  const stack = await stackOn(disk, options);
  const [mounts, swaps] = await Promise.all([
    readMounts(options).catch((): readonly Mount[] => []),
    readHostTextOrNull('/proc/swaps', options),
  ]);
  const users = stack.flatMap(({ name, number }) => [
    ...mounts
      // btrfs has an anonymous number of its own, but names a disk.
      .filter((mount) => `${mount.major}:${mount.minor}` === number || mount.source === `/dev/${name}`)
      .map(({ mountPoint }) => `/dev/${name} is mounted at ${mountPoint}`),
    ...((swaps ?? '').split('\n').some((line) => line.startsWith(`/dev/${name} `))
      ? [`/dev/${name} is swap space`]
      : []),
  ]);
  for (const { name } of stack) {
    const opened = await usersInWords(`/dev/${name}`);
    // Who may not be asked is no user yet; the kernel's own claim says the rest when the disk is taken.
    if (opened !== '' && !opened.startsWith('perhaps')) users.push(`/dev/${name} is open in ${opened}`);
  }
  return [...new Set(users)];
}

/**
 * Takes disks for this process alone while `body` runs: whatever is mounted, in whichever mount namespace, and whatever
 * is built on them has a claim of its own in the kernel, and nothing new can come meanwhile.
 *
 * @throws WarmsetError `WARMSET_NVMEOF` with who uses a disk.
 */
export async function withFreeDisks<T>(disks: readonly string[], body: () => Promise<T>): Promise<T> {
  const [disk, ...others] = disks;
  if (disk === undefined) return body();
  const users = await usersOfDisk(disk);
  if (users.length > 0) throw inUse(disk, users.join('; '));
  const held = await claim(disk);
  try {
    return await withFreeDisks(others, body);
  } finally {
    await held?.close();
  }
}

/** O_EXCL without O_CREAT is the kernel's claim on a block device, open(2). */
async function claim(disk: string): Promise<FileHandle | null> {
  try {
    return await open(`/dev/${disk}`, constants.O_RDONLY | constants.O_EXCL);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // A disk whose node is missing, or that is dead, can't be mounted either.
    if (['ENOENT', 'ENXIO', 'ENODEV', 'EIO'].includes(error.code)) return null;
    if (error.code !== 'EBUSY') throw error;
    throw inUse(
      disk,
      'the kernel says that something has it: a mount in another namespace, RAID, LVM, or a target',
      error,
    );
  }
}

function inUse(disk: string, who: string, cause?: unknown): WarmsetError {
  return new WarmsetError('WARMSET_NVMEOF', `the disk ${disk} is in use: ${who}`, {
    subject: disk,
    remedy: 'unmount it, or end what uses it, then try again',
    cause,
  });
}

interface Layer {
  readonly name: string;
  readonly number: string | null;
}

const MOST_LAYERS = 12;

/** A disk, its partitions, and the devices that are built on any of them. */
async function stackOn(disk: string, options: HostOptions, level = 0): Promise<readonly Layer[]> {
  const place = hostPath(`/sys/class/block/${disk}`, options);
  const entries = await entriesOf(place);
  const parts = entries.filter((name) => name.startsWith(`${disk}p`));
  const holders = level < MOST_LAYERS ? await entriesOf(join(place, 'holders')) : [];
  const above = await Promise.all([...parts, ...holders].map((name) => stackOn(name, options, level + 1)));
  return [{ name: disk, number: await attribute(place, 'dev') }, ...above.flat()];
}
