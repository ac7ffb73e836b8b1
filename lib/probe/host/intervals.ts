import type { GpuSample, HostSample } from './types.ts';

/** What changed between two looks. `null` where one of them doesn't say. */
export interface Interval {
  readonly seconds: number;
  /** Processors that were busy, on average: 1.5 is one and a half. */
  readonly busyProcessors: number | null;
  readonly diskBytes: number | null;
  /** Bytes; negative where more was given away than came in. */
  readonly cachedGrowth: number | null;
  readonly majorFaults: number | null;
  /** Share of the time in which a task waited for a device, 0 to 1. */
  readonly ioStalled: number | null;
  /** Bytes, of all GPUs together. */
  readonly gpuMemoryGrowth: number | null;
  /** Of the busiest one, at the end. */
  readonly gpuUtilisation: number | null;
}

/** Between each look and the next. Looks at the same moment, or out of order, are left out. */
export function toIntervals(samples: readonly HostSample[]): readonly Interval[] {
  const intervals: Interval[] = [];
  let before: HostSample | undefined;
  for (const sample of samples) {
    if (before && sample.atMs <= before.atMs) continue;
    if (before) intervals.push(between(before, sample));
    before = sample;
  }
  return intervals;
}

function between(before: HostSample, after: HostSample): Interval {
  const seconds = (after.atMs - before.atMs) / 1000;
  const stalled = grown(before.stalledUs.io, after.stalledUs.io);
  return {
    seconds,
    busyProcessors: busyProcessors(before, after),
    diskBytes: grown(before.diskReadBytes, after.diskReadBytes),
    cachedGrowth: before.cached === null || after.cached === null ? null : after.cached - before.cached,
    majorFaults: grown(before.majorFaults, after.majorFaults),
    ioStalled: stalled === null ? null : Math.min(1, stalled / 1e6 / seconds),
    gpuMemoryGrowth: gpuMemoryGrowth(before.gpus, after.gpus),
    gpuUtilisation: after.gpus.reduce<number | null>(
      (most, { utilisation }) => (utilisation === null ? most : Math.max(most ?? 0, utilisation)),
      null,
    ),
  };
}

/** A counter that fell was begun anew, or wrapped: how far it got is not known. */
function grown(before: number | null, after: number | null): number | null {
  return before === null || after === null || after < before ? null : after - before;
}

/** In shares of all ticks, which needs no knowledge of how long a tick is. */
function busyProcessors(before: HostSample, after: HostSample): number | null {
  if (!before.cpu || !after.cpu || after.processors === null) return null;
  const total = grown(before.cpu.total, after.cpu.total);
  const busy = grown(before.cpu.busy, after.cpu.busy);
  return total === null || busy === null || total === 0 ? null : (busy / total) * after.processors;
}

/** GPUs that only one of the looks knows didn't come into being meanwhile: `nvidia-smi` began to tell. */
function gpuMemoryGrowth(before: readonly GpuSample[], after: readonly GpuSample[]): number | null {
  const then = new Map(before.map(({ index, memoryUsed }) => [index, memoryUsed]));
  let sum: number | null = null;
  for (const { index, memoryUsed } of after) {
    const used = then.get(index);
    if (memoryUsed !== null && used != null) sum = (sum ?? 0) + memoryUsed - used;
  }
  return sum;
}
