import { percentile } from '../percentile.ts';

/** How long something took, over several samples. Milliseconds. */
export interface LatencySummary {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** With fewer than 100 samples the same as `maxMs`. */
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** `null` without samples. */
export function summariseLatency(milliseconds: readonly number[]): LatencySummary | null {
  const ascending = milliseconds.toSorted((a, b) => a - b);
  const [p50Ms, p95Ms, p99Ms, maxMs] = [0.5, 0.95, 0.99, 1].map((share) => percentile(ascending, share));
  if (p50Ms == null || p95Ms == null || p99Ms == null || maxMs == null) return null;
  return { samples: ascending.length, p50Ms, p95Ms, p99Ms, maxMs };
}
