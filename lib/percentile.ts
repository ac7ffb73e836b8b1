/**
 * The smallest value that at least `share` (from 0 to 1) of all values don't exceed: nearest rank, so that every
 * percentile is a value that was measured. `null` without values.
 */
export function percentile(ascending: readonly number[], share: number): number | null {
  // A share such as 0.07 isn't exact: 100 values times it would be 7.000000000000001, and the rank 8.
  const rank = Math.ceil(Number((share * ascending.length).toPrecision(12)));
  return ascending[Math.min(ascending.length, Math.max(1, rank)) - 1] ?? null;
}

/** The same of values in any order. */
export function percentileOf(values: readonly number[], share: number): number | null {
  return percentile(
    values.toSorted((a, b) => a - b),
    share,
  );
}
