import type { HitEstimate, WatchedReader } from './types.ts';

/** What some processes read, and what they waited for. Of a moment since they began, or of the time between two. */
export interface ReadCounts {
  /** By read(2) and its like, from the cache or not, in bytes: `rchar`. */
  readonly callBytes: number;
  /** Fetched from block devices for them, read-ahead and mappings included: `read_bytes`. */
  readonly deviceBytes: number;
  readonly majorFaults: number;
}

export const NO_READS: ReadCounts = { callBytes: 0, deviceBytes: 0, majorFaults: 0 };

/** `null` when a counter went backwards: two processes are being compared. */
export function readsBetween(before: ReadCounts, after: ReadCounts): ReadCounts | null {
  const between = {
    callBytes: after.callBytes - before.callBytes,
    deviceBytes: after.deviceBytes - before.deviceBytes,
    majorFaults: after.majorFaults - before.majorFaults,
  };
  return Object.values(between).every((count) => count >= 0) ? between : null;
}

export function addReads(one: ReadCounts, other: ReadCounts): ReadCounts {
  return {
    callBytes: one.callBytes + other.callBytes,
    deviceBytes: one.deviceBytes + other.deviceBytes,
    majorFaults: one.majorFaults + other.majorFaults,
  };
}

/** The read-around of a fault in a mapping with the kernel's usual read_ahead_kb. */
export const FAULT_BYTES = 128 * 1024;

const SMALLEST_PAGE = 4096;

const METHOD =
  'estimate: bytes asked for by read calls, and 128 KiB a major fault, against bytes fetched from block devices ' +
  '(rchar, majflt, read_bytes of /proc/PID)';

/**
 * What came from the page cache. Calls and mappings are told apart by major faults alone: a mapping's hits leave no
 * trace, so of what is mapped only the misses count, which makes the ratio of a server that maps a lower bound.
 */
export function estimateHits(
  { callBytes, deviceBytes, majorFaults }: ReadCounts,
  watched: WatchedReader,
  extra: { readonly refaultedBytes: number | null; readonly incomplete: boolean },
): HitEstimate {
  // Whoever served a major fault, it waited for a page at least. Network filesystems don't count in read_bytes.
  const fromDeviceBytes = Math.max(deviceBytes, majorFaults * SMALLEST_PAGE);
  const mappedBytes = Math.min(fromDeviceBytes, majorFaults * FAULT_BYTES);
  // More than was asked for is read-ahead, or read by mappings in larger pieces: read it was.
  const readBytes = Math.max(callBytes + mappedBytes, fromDeviceBytes);
  return {
    watched,
    method: extra.incomplete ? `${METHOD}; of some of its processes only` : METHOD,
    hitRatio: readBytes === 0 ? null : 1 - fromDeviceBytes / readBytes,
    readBytes,
    fromDeviceBytes,
    majorFaults,
    refaultedBytes: extra.refaultedBytes,
  };
}
