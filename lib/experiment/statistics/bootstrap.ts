import { seededRandom } from '../../probe/random.ts';
import { median, quantile } from './order.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  /** @default 4000 */
  readonly resamples?: number | undefined;
  /** 0 to 1. @default 0.95 */
  readonly confidence?: number | undefined;
}

/**
 * An interval for the median: percentiles of the medians of resamples. Not BCa, whose correction needs a jackknife, and
 * of a median the jackknife is inconsistent. With few values it is coarse: it never leaves their range.
 *
 * `null` with fewer than two values.
 */
export function bootstrapMedian(values: readonly number[], options: BootstrapOptions): Interval | null {
  if (values.length < 2) return null;
  const { seed, resamples = 4000, confidence = 0.95 } = options;
  const random = seededRandom(seed);
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[random.below(values.length)] ?? 0)),
  );
  const tail = (1 - confidence) / 2;
  return { low: quantile(medians, tail), high: quantile(medians, 1 - tail), confidence };
}
