import { type HostOptions, parseCount, readHostTextOrNull } from './host-file.ts';

/**
 * What a block device has done since it appeared, from `/proc/diskstats`
 * (Documentation/admin-guide/iostats.rst). Counters only grow, except `readsInFlight`; some wrap at 2^32.
 *
 * Averages are all that this file gives: milliseconds per read over many reads, never a p95.
 */
export interface DiskStats {
  readonly major: number;
  readonly minor: number;
  /** Such as `nvme0n1` or `nvme0n1p2`. */
  readonly name: string;
  readonly readsCompleted: number;
  /** Sectors are 512 bytes here, whatever the device's own are. */
  readonly sectorsRead: number;
  /** Summed over all reads: with several in flight it grows by more than a second each second. */
  readonly msReading: number;
  /** Now, and of every kind: reads, writes, discards and flushes. */
  readonly requestsInFlight: number;
}

/**
 * Pure reading of `/proc/diskstats`, by `major:minor`. Fields that later kernels append (discards 4.18, flushes 5.5)
 * are passed over, and so are lines that are garbled or too short, as a partition's were before 2.6.25.
 */
export function parseDiskstats(text: string): ReadonlyMap<string, DiskStats> {
  const disks = new Map<string, DiskStats>();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const name = fields[2];
    if (name === undefined || fields.length < 14) continue;
    const [major, minor, readsCompleted, sectorsRead, msReading, requestsInFlight] = [0, 1, 3, 5, 6, 11].map(
      (at) => parseCount(fields[at]) ?? undefined,
    );
    if (
      major === undefined ||
      minor === undefined ||
      readsCompleted === undefined ||
      sectorsRead === undefined ||
      msReading === undefined ||
      requestsInFlight === undefined
    ) {
      continue;
    }
    disks.set(`${major}:${minor}`, {
      major,
      minor,
      name,
      readsCompleted,
      sectorsRead,
      msReading,
      requestsInFlight,
    });
  }
  return disks;
}

/** Reads `/proc/diskstats`; empty where it can't be read. A device with `queue/iostats` 0 stands still in it. */
export async function readDiskstats(options: HostOptions = {}): Promise<ReadonlyMap<string, DiskStats>> {
  return parseDiskstats((await readHostTextOrNull('/proc/diskstats', options)) ?? '');
}

/** What one device has read since it appeared, and the milliseconds that took. */
export type ReadCounters = Pick<DiskStats, 'readsCompleted' | 'sectorsRead' | 'msReading'>;

/** Pure reading of a device's `stat` file, whose fields are those of `/proc/diskstats` behind the name. */
export function parseReadCounters(text: string): ReadCounters | null {
  const fields = text.trim().split(/\s+/);
  const [readsCompleted, sectorsRead, msReading] = [0, 2, 3].map((at) => parseCount(fields[at]));
  if (readsCompleted == null || sectorsRead == null || msReading == null) return null;
  return { readsCompleted, sectorsRead, msReading };
}

/** Reads `/sys/dev/block/MAJOR:MINOR/stat`: one device, where `/proc/diskstats` makes the kernel list all. */
export async function readReadCounters(
  major: number,
  minor: number,
  options: HostOptions = {},
): Promise<ReadCounters | null> {
  if (major === 0) return null;
  return parseReadCounters(
    (await readHostTextOrNull(`/sys/dev/block/${major}:${minor}/stat`, options)) ?? '',
  );
}
