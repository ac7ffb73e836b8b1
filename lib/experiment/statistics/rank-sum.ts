/** How the rank-sum statistic U is distributed where both samples come from the same source. Pure. */

// As in R: from 50 values on, the normal approximation is as good, and counting gets slow.
export const MOST_FOR_EXACT = 49;

/**
 * P(U ≤ u) for every u from 0 to m·n, without ties: counted exactly, by the recurrence over the largest value (it
 * belongs to the first sample, and beats all n, or to the second).
 */
export function rankSumDistribution(m: number, n: number): Float64Array {
  // rows[j][u]: probability of u with the values so far of the first sample and j of the second.
  let rows: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= m; i += 1) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= n; j += 1) {
      const row = new Float64Array(i * j + 1);
      const [withFirst, withSecond] = [rows[j], next[j - 1]];
      for (let u = 0; u < row.length; u += 1) {
        row[u] = ((withFirst?.[u - j] ?? 0) * i + (withSecond?.[u] ?? 0) * j) / (i + j);
      }
      next.push(row);
    }
    rows = next;
  }
  const below = rows[n] ?? Float64Array.of(1);
  for (let u = 1; u < below.length; u += 1) below[u] = (below[u] ?? 0) + (below[u - 1] ?? 0);
  return below;
}

/** Ranks from 1 with the mean for equal values, and Σ(t³ − t) over the groups of equals. */
export function midRanks(values: readonly number[]): {
  readonly ranks: readonly number[];
  readonly ties: number;
} {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    const value = values[order[start] ?? 0];
    while (end < order.length && values[order[end] ?? 0] === value) end += 1;
    for (const index of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, ties };
}
