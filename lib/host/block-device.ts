import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { honoursIdlePriority, parseSchedulers } from './block-scheduler.ts';
import { type HostOptions, hostPath, hostPathExists, parseCount, readHostTextOrNull } from './host-file.ts';
import { type KernelRelease, readKernelRelease } from './kernel-release.ts';

/** A disk and its request queue, from `/sys/dev/block` (Documentation/ABI/stable/sysfs-block). `null`: not told. */
export interface BlockDevice {
  /** Of the whole disk, such as `nvme0n1`, also when a partition was asked for. */
  readonly name: string;
  readonly model: string | null;
  /** The I/O scheduler in use. */
  readonly scheduler: string | null;
  readonly schedulers: readonly string[];
  /**
   * Whether the idle I/O class is honoured. For a device made of others (LVM, LUKS, md) what counts are those:
   * `true` only if it holds for each of them.
   */
  readonly honoursIdlePriority: boolean | null;
  /** Kernel read-ahead window, in KiB. */
  readonly readAheadKb: number | null;
  /** Largest single request, in KiB. */
  readonly maxSectorsKb: number | null;
  readonly rotational: boolean | null;
  /** Requests that may wait in the queue (`nr_requests`). */
  readonly queueDepth: number | null;
  /** The disks that this one is made of; empty for a physical one. */
  readonly members: readonly BlockDevice[];
}

// md over LUKS over LVM over a partition is real; a loop in a garbled tree must still end.
const MAX_STACK = 8;

/**
 * Reads the disk behind a device number; a partition answers with its disk. `null` when there is none, as for every
 * anonymous device (major 0: overlayfs, btrfs, nfs, tmpfs …) and where `/sys` isn't mounted.
 */
export async function readBlockDevice(
  major: number,
  minor: number,
  options: HostOptions = {},
): Promise<BlockDevice | null> {
  if (major === 0) return null;
  const place = await realpath(hostPath(`/sys/dev/block/${major}:${minor}`, options)).catch(() => null);
  return place === null ? null : readDisk(place, await readKernelRelease(options), 0);
}

async function readDisk(place: string, kernel: KernelRelease | null, level: number): Promise<BlockDevice> {
  // A partition has no queue of its own: the disk is the directory above it.
  const disk = (await hostPathExists(join(place, 'partition'))) ? dirname(place) : place;
  const queue = (name: string): Promise<string | null> => readHostTextOrNull(join(disk, 'queue', name));
  const { active, available } = parseSchedulers((await queue('scheduler')) ?? '');
  const members = level < MAX_STACK ? await readMembers(disk, kernel, level + 1) : [];
  const rotational = parseCount(await queue('rotational'));
  return {
    name: basename(disk),
    model: (await readHostTextOrNull(join(disk, 'device', 'model')))?.trim() || null,
    scheduler: active,
    schedulers: available,
    honoursIdlePriority: members.length > 0 ? everyMember(members) : honoursIdlePriority(active, kernel),
    readAheadKb: parseCount(await queue('read_ahead_kb')),
    maxSectorsKb: parseCount(await queue('max_sectors_kb')),
    rotational: rotational === null ? null : rotational !== 0,
    queueDepth: parseCount(await queue('nr_requests')),
    members,
  };
}

async function readMembers(
  disk: string,
  kernel: KernelRelease | null,
  level: number,
): Promise<readonly BlockDevice[]> {
  const slaves = join(disk, 'slaves');
  const names = await readdir(slaves).catch((): string[] => []);
  const places = await Promise.all(
    names.sort().map((name) => realpath(join(slaves, name)).catch(() => null)),
  );
  return Promise.all(places.flatMap((place) => (place === null ? [] : readDisk(place, kernel, level))));
}

function everyMember(members: readonly BlockDevice[]): boolean | null {
  const answers = members.map((member) => member.honoursIdlePriority);
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

/** Pure reading of an `inflight` file (reads, then writes): the reads, or `null`. */
export function parseReadsInFlight(text: string): number | null {
  return parseCount(text.trim().split(/\s+/)[0]);
}

/** Where a device tells how many requests are in flight; `null` for an anonymous one, which doesn't. */
export function inflightPath(major: number, minor: number): string | null {
  return major === 0 ? null : `/sys/dev/block/${major}:${minor}/inflight`;
}

/** Reads that the device is busy with now, from `/sys/dev/block/MAJOR:MINOR/inflight`; `null` when unknowable. */
export async function readsInFlight(
  major: number,
  minor: number,
  options: HostOptions = {},
): Promise<number | null> {
  const path = inflightPath(major, minor);
  return path === null ? null : parseReadsInFlight((await readHostTextOrNull(path, options)) ?? '');
}
