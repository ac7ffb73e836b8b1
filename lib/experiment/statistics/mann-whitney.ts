import { normalBelow } from './normal.ts';
import { MOST_FOR_EXACT, midRanks, rankSumDistribution } from './rank-sum.ts';

export interface MannWhitney {
  /** Pairs in which the value of the first sample is the greater; equal pairs count a half. R calls it W. */
  readonly u: number;
  /** Two-sided: how often a difference at least this large would come about if both had the same source. 0 to 1. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/**
 * The rank-sum test of Mann, Whitney and Wilcoxon, as R's `wilcox.test` does it: counted exactly up to 49 values a
 * sample without ties, else by the normal approximation with corrections for ties and continuity. It assumes no shape
 * of the distribution: load times have a long tail. `null` where a sample is empty.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney | null {
  const [m, n] = [first.length, second.length];
  if (m === 0 || n === 0) return null;
  const { ranks, ties } = midRanks([...first, ...second]);
  const u = ranks.slice(0, m).reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2;
  if (ties === 0 && m <= MOST_FOR_EXACT && n <= MOST_FOR_EXACT) {
    const below = rankSumDistribution(m, n);
    // By symmetry the upper tail is the lower one of m·n − u, which doesn't cancel.
    const tail = below[Math.min(u, m * n - u)] ?? 1;
    return { u, p: Math.min(1, 2 * tail), method: 'exact' };
  }
  const all = m + n;
  const deviation = Math.sqrt(((m * n) / 12) * (all + 1 - ties / (all * (all - 1))));
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  // Every value equal: nothing speaks for a difference.
  const p = deviation > 0 ? Math.min(1, 2 * normalBelow(-distance / deviation)) : 1;
  return { u, p, method: 'normal' };
}
