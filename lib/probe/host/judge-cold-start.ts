import type { StartupPhase } from '../startup/types.ts';
import { describeEvidence, describeVerdict } from './evidence.ts';
import { type Interval, toIntervals } from './intervals.ts';
import type { ColdStartVerdict, HostSample, Occupation } from './types.ts';

const MIB = 2 ** 20;

// Bounds between noise and work. A host that serves nobody reads and allocates a few MiB a second; loaders are ten
// times above, also on slow disks and with one thread.
const LEAST_DISK = 16 * MIB;
const LEAST_GPU_MEMORY = 64 * MIB;
/** Of one processor: a loader that computes keeps at least one of them busy. */
const LEAST_BUSY = 0.7;
const LEAST_GPU = 0.3;
/** Share of what disks read that stays in the page cache when it is read through it. */
const LEAST_KEPT = 0.25;

/** Where most of a cold start went, from what was seen of the host meanwhile and, where there is one, its log. Pure. */
export function judgeColdStart(
  samples: readonly HostSample[],
  phases: readonly StartupPhase[] = [],
): ColdStartVerdict {
  const intervals = toIntervals(samples);
  const seconds: Record<Occupation, number> = {
    'page-cache-fill': 0,
    'direct-read': 0,
    'host-to-device': 0,
    gpu: 0,
    cpu: 0,
    waiting: 0,
    unknown: 0,
  };
  const kept = keepsWhatItReads(intervals);
  let overlapSeconds = 0;
  for (const interval of intervals) {
    const occupation = occupationOf(interval, kept);
    seconds[occupation] += interval.seconds;
    if (reads(interval) && copies(interval)) overlapSeconds += interval.seconds;
  }
  const totalSeconds = intervals.reduce((sum, one) => sum + one.seconds, 0);
  const most = longest(seconds);
  const verdict = most === 'cpu' && compileSeconds(phases) >= seconds.cpu / 2 ? 'compile' : most;
  const judged = { verdict, totalSeconds, seconds, overlapSeconds } as const;
  return {
    ...judged,
    summary: describeVerdict(judged),
    evidence: describeEvidence(judged, intervals, phases),
  };
}

function reads({ diskBytes, seconds }: Interval): boolean {
  return diskBytes !== null && diskBytes >= LEAST_DISK * seconds;
}

function copies({ gpuMemoryGrowth, seconds }: Interval): boolean {
  return gpuMemoryGrowth !== null && gpuMemoryGrowth >= LEAST_GPU_MEMORY * seconds;
}

/**
 * Disks come first: while they are read, everything behind them waits for them. Then copies, because memory of a GPU
 * only grows so fast when it is filled; then what computes.
 */
function occupationOf(interval: Interval, kept: boolean): Occupation {
  if (reads(interval)) return kept ? 'page-cache-fill' : 'direct-read';
  if (copies(interval)) return 'host-to-device';
  if (interval.gpuUtilisation !== null && interval.gpuUtilisation >= LEAST_GPU) return 'gpu';
  if (interval.busyProcessors !== null && interval.busyProcessors >= LEAST_BUSY) return 'cpu';
  return interval.diskBytes === null || interval.busyProcessors === null ? 'unknown' : 'waiting';
}

/** Over all reads together: a single look may fall between a read and its page. */
function keepsWhatItReads(intervals: readonly Interval[]): boolean {
  let [read, cached, taken] = [0, 0, 0];
  for (const interval of intervals) {
    if (!reads(interval) || interval.cachedGrowth === null) continue;
    read += interval.diskBytes ?? 0;
    cached += interval.cachedGrowth;
    taken += interval.majorFaults ?? 0;
  }
  // A cache that is full takes in as much as it gives away, but whoever reads by faults reads through it.
  const pages = 4096;
  return read === 0 || cached >= read * LEAST_KEPT || taken * pages >= read * 0.01;
}

function longest(seconds: Readonly<Record<Occupation, number>>): Occupation {
  let most: Occupation = 'unknown';
  for (const [name, value] of Object.entries(seconds) as [Occupation, number][]) {
    if (value > seconds[most]) most = name;
  }
  return most;
}

/** What a log calls compilation, each second once. */
export function compileSeconds(phases: readonly StartupPhase[]): number {
  return phases
    .filter(({ name }) => name === 'compile' || name === 'graphs')
    .reduce((sum, { seconds }) => sum + seconds, 0);
}
