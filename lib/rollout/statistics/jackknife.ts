import { studentQuantile } from './student.ts';

/** A statistic with bounds, each of which alone holds with the confidence that was asked for. */
export interface Bounded {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Of consecutive windows, that were left out in turn. */
  readonly groups: number;
}

// As many as batch means want: with fewer the factor of t grows, with more neighbouring groups depend on each other.
const MOST_GROUPS = 10;
export const LEAST_GROUPS = 5;

/**
 * Bounds for a statistic of a stretch of time, from what becomes of it when each tenth of that time is left out: the
 * delete-a-group jackknife. Groups are consecutive windows, so that what depends on its neighbours stays together; it
 * takes any statistic, quantiles included, needs no random numbers, and gives the same answer twice.
 *
 * `null` where the statistic isn't defined, or there are too few windows.
 *
 * @param statistic of the windows that are kept; NaN where it isn't defined
 * @param windows how many there are
 * @param confidence of each bound alone, 0.5 to 1
 * @see H. R. Künsch, The jackknife and the bootstrap for general stationary observations, Ann. Statist. 17 (1989);
 * P. S. Kott, The delete-a-group jackknife, J. Off. Stat. 17 (2001); B. Schmeiser, Batch size effects in the analysis of
 * simulation output, Oper. Res. 30 (1982)
 */
export function jackknife(
  statistic: (kept: readonly number[]) => number,
  windows: number,
  confidence: number,
): Bounded | null {
  const groups = Math.min(MOST_GROUPS, windows);
  if (groups < LEAST_GROUPS) return null;
  const all = Array.from({ length: windows }, (_, index) => index);
  const estimate = statistic(all);
  const without = Array.from({ length: groups }, (_, group) =>
    statistic(all.filter((index) => Math.floor((index * groups) / windows) !== group)),
  );
  if (![estimate, ...without].every(Number.isFinite)) return null;
  const mean = without.reduce((sum, value) => sum + value, 0) / groups;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(((groups - 1) / groups) * squares);
  const reach = studentQuantile(confidence, groups - 1) * error;
  return { estimate, low: estimate - reach, high: estimate + reach, groups };
}
