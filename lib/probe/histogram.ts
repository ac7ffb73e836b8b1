/** How many samples took up to `leMs` and longer than the bucket before. */
export interface HistogramBucket {
  readonly leMs: number;
  readonly count: number;
}

// Three buckets in a decade: as fine as a terminal has room for, and round enough to be read.
const STEPS = [1, 2, 5] as const;

/**
 * Buckets of 1, 2, 5, 10 … that hold these samples, milliseconds, without the empty ones at both ends. Each sample is in
 * one bucket; what isn't a number of zero or more is left out.
 */
export function latencyHistogram(milliseconds: readonly number[]): readonly HistogramBucket[] {
  const counts = new Map<number, number>();
  for (const value of milliseconds) {
    if (!Number.isFinite(value) || value < 0) continue;
    const index = bucketIndex(value);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const indices = [...counts.keys()];
  const [first, last] = [Math.min(...indices), Math.max(...indices)];
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    leMs: bound(first + at),
    count: counts.get(first + at) ?? 0,
  }));
}

// A nanosecond, in milliseconds: nothing here is timed more finely.
const LEAST_POWER = -6;

function bound(index: number): number {
  const step = STEPS[index % STEPS.length] ?? 1;
  // From digits: 10 ** -3 * 2 is no 0.002.
  return Number(`${step}e${LEAST_POWER + Math.floor(index / STEPS.length)}`);
}

function bucketIndex(value: number): number {
  let index = 0;
  while (bound(index) < value) index += 1;
  return index;
}
