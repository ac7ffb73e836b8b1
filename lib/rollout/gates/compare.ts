import { jackknife } from '../statistics/jackknife.ts';
import { type Finding, fail, pass, unsure } from '../types.ts';

export interface Comparison {
  /** In words: `TTFT p95 against control`. */
  readonly what: string;
  /** ln(worse / better side): above 0 the canary is worse. NaN where it isn't defined. */
  readonly logRatio: (windows: readonly number[]) => number;
  /** The windows that are known of both sides. */
  readonly windows: readonly number[];
  /** 0.1: a tenth worse is still no harm. */
  readonly margin: number;
  /** Of the one-sided bound. */
  readonly confidence: number;
}

/**
 * Non-inferiority: it must be shown that the canary isn't worse than the margin allows. An estimate beyond the margin
 * fails, whatever its bounds: to wait on would be to hope. Between the two nobody knows.
 */
export function compare({ what, logRatio, windows, margin, confidence }: Comparison): Finding {
  const bounded = jackknife((kept) => logRatio(pick(windows, kept)), windows.length, confidence);
  if (bounded === null) return unsure('too-few', `${what}: not defined in every part of the time`);
  const limit = Math.log1p(margin);
  const numbers = `${ratio(bounded.estimate)}, at most ${ratio(bounded.high)} with ${percent(confidence)} confidence; ${ratio(limit)} is allowed`;
  if (bounded.estimate > limit) return fail('worse', `${what}: ${numbers}`);
  if (bounded.high > limit) return unsure('inconclusive', `${what}: ${numbers}`);
  return pass('not-worse', `${what}: ${numbers}`);
}

// So much of the end of the time is looked at by itself.
const LATELY = 1 / 3;

/**
 * Whether the last third alone is worse than the margin allows: what drifts is fine on average for a while. It can only
 * fail or be doubted, since a third of the time proves little.
 */
export function compareLately(comparison: Comparison): Finding | null {
  const { windows, margin, confidence, logRatio } = comparison;
  const late = windows.slice(Math.floor(windows.length * (1 - LATELY)));
  const bounded = jackknife((kept) => logRatio(pick(late, kept)), late.length, confidence);
  if (bounded === null || bounded.estimate <= Math.log1p(margin)) return null;
  const what = `${comparison.what}, in the last ${late.length} windows: ${ratio(bounded.estimate)}`;
  if (bounded.low > 0) return fail('worse-lately', `${what}, and not by chance`);
  return unsure('inconclusive', `${what}, perhaps by chance`);
}

/** One replica against all of the control. It can only fail or be doubted. */
export function compareReplica(comparison: Comparison): Finding | null {
  const { windows, margin, confidence, logRatio, what } = comparison;
  const bounded = jackknife((kept) => logRatio(pick(windows, kept)), windows.length, confidence);
  if (bounded === null) return unsure('too-few', `${what}: not defined in every part of the time`);
  if (bounded.estimate <= Math.log1p(margin)) return null;
  if (bounded.low > 0) return fail('worse-replica', `${what}: ${ratio(bounded.estimate)}, and not by chance`);
  return unsure('inconclusive', `${what}: ${ratio(bounded.estimate)}, perhaps by chance`);
}

function pick(windows: readonly number[], kept: readonly number[]): readonly number[] {
  return kept.map((index) => windows[index] ?? 0);
}

/** ×1.25 from its logarithm. */
export function ratio(log: number): string {
  return `×${Math.exp(log).toFixed(2)}`;
}

export function percent(part: number): string {
  return `${Number((part * 100).toPrecision(3))} %`;
}
