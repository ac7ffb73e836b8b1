import { parseValue } from '../../probe/ttft/exposition.ts';
import { type CumulativeBucket, quantile } from '../../probe/ttft/histogram-quantile.ts';
import { type GridSeries, instancesOf } from './grid.ts';
import { type Growth, growthByInstance } from './growth.ts';

/** A histogram of one replica, or of several together, window by window. */
export interface Latencies {
  readonly instance: string;
  /** The bounds of the buckets, ascending; the last is infinite. */
  readonly bounds: readonly number[];
  /** By bound: how many observations up to it came in each window. */
  readonly counts: readonly Growth[];
  /** Seconds that all observations of each window took together. */
  readonly sums: Growth;
}

/** The histograms of each replica, from its series of `_bucket` and `_sum`. */
export function latenciesOf(
  buckets: readonly GridSeries[],
  sums: readonly GridSeries[],
): readonly Latencies[] {
  const bounds = [...new Set(buckets.map(boundOf).filter((bound) => !Number.isNaN(bound)))].sort(
    (a, b) => a - b,
  );
  const byBound = bounds.map((bound) =>
    growthByInstance(
      buckets.filter((one) => boundOf(one) === bound),
      buckets,
    ),
  );
  const bySum = growthByInstance(sums, sums);
  return instancesOf(buckets).map((instance) => ({
    instance,
    bounds,
    counts: byBound.map((growth) => growth.get(instance) ?? []),
    sums: bySum.get(instance) ?? [],
  }));
}

function boundOf({ labels }: GridSeries): number {
  return parseValue(labels.le ?? '') ?? Number.NaN;
}

/** How many observations a window has; `null` where that isn't known. */
export function requestsIn({ counts }: Latencies, window: number): number | null {
  return counts.at(-1)?.[window] ?? null;
}

/** What some windows of some replicas have together. */
export interface Pooled {
  readonly buckets: readonly CumulativeBucket[];
  readonly requests: number;
  readonly seconds: number;
}

export function pool(replicas: readonly Latencies[], windows: readonly number[]): Pooled {
  const bounds = replicas[0]?.bounds ?? [];
  const counts = bounds.map(() => 0);
  let seconds = 0;
  for (const replica of replicas) {
    for (const window of windows) {
      if (requestsIn(replica, window) === null) continue;
      seconds += replica.sums[window] ?? Number.NaN;
      for (const [at] of bounds.entries())
        counts[at] = (counts[at] ?? 0) + (replica.counts[at]?.[window] ?? 0);
    }
  }
  // A scrape is written while its counts grow: a bucket may be a little behind the one before it.
  let most = 0;
  const buckets = bounds.map((le, at) => {
    most = Math.max(most, counts[at] ?? 0);
    return { le, count: most };
  });
  return { buckets, requests: buckets.at(-1)?.count ?? 0, seconds };
}

/** What is compared: the mean, which no bucket blurs, or a quantile. */
export type Statistic = 'mean' | number;

/** Seconds; NaN without requests, infinite where a quantile lies behind the last bound. */
export function statisticOf({ buckets, requests, seconds }: Pooled, statistic: Statistic): number {
  if (!(requests > 0)) return Number.NaN;
  if (statistic === 'mean') return seconds / requests;
  const found = quantile(buckets, statistic);
  if (found.state === 'none') return Number.NaN;
  return found.state === 'value' ? found.seconds : Number.POSITIVE_INFINITY;
}
