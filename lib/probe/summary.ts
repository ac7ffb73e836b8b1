/** How long something took, over several samples. Milliseconds. */
export interface LatencySummary {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** With fewer than 100 samples the same as `maxMs`. */
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * The smallest sample that at least `share` (above 0, up to 1) of all samples don't exceed: nearest rank, so that every
 * percentile is a time that was measured. `null` without samples.
 */
export function percentile(ascending: readonly number[], share: number): number | null {
  // A share such as 0.07 isn't exact: 100 samples times it would be 7.000000000000001, and the rank 8.
  const rank = Math.ceil(Number((share * ascending.length).toPrecision(12)));
  return ascending[Math.max(0, rank - 1)] ?? null;
}

/** `null` without samples. */
export function summariseLatency(milliseconds: readonly number[]): LatencySummary | null {
  const ascending = milliseconds.toSorted((a, b) => a - b);
  const [p50Ms, p95Ms, p99Ms, maxMs] = [0.5, 0.95, 0.99, 1].map((share) => percentile(ascending, share));
  if (p50Ms == null || p95Ms == null || p99Ms == null || maxMs == null) return null;
  return { samples: ascending.length, p50Ms, p95Ms, p99Ms, maxMs };
}
