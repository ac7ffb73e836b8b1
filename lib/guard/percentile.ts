/**
 * The value that `share` of the values don't exceed, by nearest rank: always one of them. `null` for none.
 *
 * @param share 0 to 1; 0.95 is the p95.
 */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length)));
  return sorted[rank - 1] ?? null;
}
