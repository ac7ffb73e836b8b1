import type { CgroupReading, GuardReadings } from './types.ts';

/** {@link GuardReadings} in which every number is finite and not negative, and every share at most 1. */
export interface CleanReadings {
  readonly availableBytes: number | null;
  readonly totalBytes: number | null;
  readonly swapInBytes: number | null;
  readonly cgroups: readonly CgroupReading[];
  readonly memoryPressure: number | null;
  readonly ioPressure: number | null;
  readonly readBytes: number;
  readonly evictedBytes: number | null;
  readonly devices: readonly CleanDevice[];
}

export interface CleanDevice {
  readonly device: string;
  readonly quietMs: readonly number[];
  readonly loadedMs: readonly number[];
  readonly othersReadsPerSecond: number | null;
  readonly othersReads: number | null;
  readonly averageReadMs: number | null;
  readonly unansweredMs: number | null;
}

// No host has more worth looking at; a source gone wild must not cost time or memory.
const MOST_PROBES = 256;
const MOST_DEVICES = 64;
const MOST_BYTES = 2 ** 53;

function amount(value: number | null | undefined, most = MOST_BYTES): number | null {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY
    ? Math.min(value, most)
    : null;
}

function probes(values: readonly number[]): number[] {
  return values.filter((value) => amount(value) !== null).slice(-MOST_PROBES);
}

/** The worse of two witnesses; what one of them doesn't know the other may. */
function worse(one: number | null, other: number | null): number | null {
  const known = [amount(one, 1), amount(other, 1)].filter((share) => share !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Takes readings that were measured wrongly (NaN, negative, infinite) for what they are: unknown. */
export function cleanReadings({ memory, cgroups, pressure, fill, devices }: GuardReadings): CleanReadings {
  return {
    availableBytes: amount(memory.availableBytes),
    totalBytes: amount(memory.totalBytes),
    swapInBytes: amount(memory.swapInBytes),
    // A headroom below 0 is a cgroup above its limit: it is true and the worst there is.
    cgroups: cgroups.filter(({ headroomBytes }) => Number.isFinite(headroomBytes)),
    memoryPressure: worse(pressure.memory, pressure.cgroupMemory),
    ioPressure: worse(pressure.io, pressure.cgroupIo),
    readBytes: amount(fill.readBytes) ?? 0,
    evictedBytes: amount(fill.evictedBytes),
    devices: devices.slice(0, MOST_DEVICES).map((one) => ({
      device: one.device,
      quietMs: probes(one.quietMs),
      loadedMs: probes(one.loadedMs),
      othersReadsPerSecond: amount(one.othersReadsPerSecond),
      othersReads: amount(one.othersReads),
      averageReadMs: amount(one.averageReadMs),
      unansweredMs: amount(one.unansweredMs),
    })),
  };
}

// Sums of times must stay exact whatever a clock says; nothing is remembered for longer.
const LONGEST_MS = 24 * 3_600_000;
// Less than the clocks of a host resolve: a rate over it would be infinite.
const SHORTEST_MS = 1e-3;

/** The guard's own time: monotonic whatever the readings say. */
export class Clock {
  #lastMs: number | null = null;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Milliseconds since the reading before; 0 for the first and where time stood still or went back. */
  advance(atMs: number): number {
    if (!Number.isFinite(atMs)) return 0;
    const passedMs = this.#lastMs === null ? 0 : atMs - this.#lastMs;
    const elapsedMs = passedMs < SHORTEST_MS ? 0 : Math.min(LONGEST_MS, passedMs);
    this.#lastMs = atMs;
    this.#nowMs += elapsedMs;
    return elapsedMs;
  }
}
