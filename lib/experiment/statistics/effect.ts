import { normalQuantile } from './normal.ts';
import { median } from './order.ts';
import { MOST_FOR_EXACT, rankSumDistribution } from './rank-sum.ts';

export interface Shift {
  /** Median of all differences between a value of the first sample and one of the second (Hodges and Lehmann). */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** What the interval has, 0 to 1: with few values less than was asked for, and then it spans all differences. */
  readonly confidence: number;
}

/**
 * How far the first sample lies above the second, with the interval that belongs to the rank-sum test: the order
 * statistics of all differences. With ties it is a little too wide, never too narrow. `null` where a sample is empty.
 *
 * @param confidence 0 to 1
 */
export function hodgesLehmann(
  first: readonly number[],
  second: readonly number[],
  confidence = 0.95,
): Shift | null {
  const [m, n] = [first.length, second.length];
  if (m === 0 || n === 0) return null;
  const differences = first.flatMap((x) => second.map((y) => x - y)).sort((a, b) => a - b);
  const estimate = median(differences);
  const { cut, reached } = cutOf(m, n, 1 - confidence);
  return {
    estimate,
    low: differences[cut - 1] ?? estimate,
    high: differences[m * n - cut] ?? estimate,
    confidence: reached,
  };
}

/** The how-manieth difference from either end bounds the interval, and the confidence that this gives. */
function cutOf(m: number, n: number, alpha: number): { readonly cut: number; readonly reached: number } {
  if (m > MOST_FOR_EXACT || n > MOST_FOR_EXACT) {
    const reach = normalQuantile(1 - alpha / 2) * Math.sqrt((m * n * (m + n + 1)) / 12);
    return { cut: Math.max(1, Math.floor((m * n) / 2 - reach)), reached: 1 - alpha };
  }
  const below = rankSumDistribution(m, n);
  const cut = Math.max(
    1,
    below.findIndex((share) => share >= alpha / 2),
  );
  return { cut, reached: 1 - 2 * (below[cut - 1] ?? 0) };
}

/**
 * How often a value of the first sample is greater than one of the second, minus how often it is less: −1 to 1. The
 * same as the rank-biserial correlation of the test. `null` where a sample is empty.
 */
export function cliffsDelta(first: readonly number[], second: readonly number[]): number | null {
  const pairs = first.length * second.length;
  if (pairs === 0) return null;
  let balance = 0;
  for (const x of first) for (const y of second) balance += Math.sign(x - y);
  return balance / pairs;
}
