import type { Run } from './simulate.ts';

/** The control law as it ran: one row an observation, ready to be drawn. */
export interface SeriesRow {
  readonly atMs: number;
  /** What the guard allowed, bytes a second; `null`: unlimited. */
  readonly rate: number | null;
  /** What the fill read, bytes a second. */
  readonly speed: number;
  /** p95 of the neighbour's reads since the row before, milliseconds; `null`: none. */
  readonly foregroundP95Ms: number | null;
  readonly verdict: 'go' | 'slow' | 'pause' | 'stop';
  /** Of the verdict; `null` for `go`. */
  readonly reason: string | null;
}

export function timeSeries(run: Run): SeriesRow[] {
  return run.points.map(({ atMs, allowed, speed, foregroundP95Ms, verdict }) => ({
    atMs,
    rate: allowed,
    speed,
    foregroundP95Ms,
    verdict: verdict.action,
    reason: verdict.action === 'go' ? null : verdict.reason.code,
  }));
}
