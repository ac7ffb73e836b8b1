/** What a gate, and all of them together, come to. Only `pass` is a pass. */
export type GateVerdict = 'pass' | 'fail' | 'insufficient';

/**
 * Why, for programs. The first ten are of `insufficient`: they say that nobody knows.
 *
 * - `unreadable`: Prometheus didn't answer, or with something else
 * - `partial-answer`: Prometheus says itself that something is missing
 * - `missing`: there are no such series
 * - `stale`: the newest reading is too old
 * - `not-a-number`: there are readings that are none
 * - `gaps`: replicas weren't there for too much of the time
 * - `replicas`: fewer replicas than there should be
 * - `too-few`: windows or requests
 * - `no-traffic`, `uneven-load`: what nobody asks anything of is fast
 * - `inconclusive`: within the margin, but it could as well be beyond it
 * - `control-degraded`: the control is worse than it used to be
 * - `contradiction`: numbers that can't be
 * - `beyond-buckets`: longer than what the histogram tells apart
 */
export type FindingCode =
  | 'unreadable'
  | 'partial-answer'
  | 'missing'
  | 'stale'
  | 'not-a-number'
  | 'gaps'
  | 'replicas'
  | 'too-few'
  | 'no-traffic'
  | 'uneven-load'
  | 'inconclusive'
  | 'control-degraded'
  | 'contradiction'
  | 'beyond-buckets'
  | 'worse'
  | 'worse-lately'
  | 'worse-replica'
  | 'worse-tail'
  | 'above-limit'
  | 'below-limit'
  | 'restarted'
  | 'not-worse'
  | 'within-limit';

/** One thing that was looked at. */
export interface Finding {
  readonly verdict: GateVerdict;
  readonly code: FindingCode;
  /** What was found, with its numbers. */
  readonly message: string;
}

export type Side = 'canary' | 'control' | 'baseline' | 'control-baseline';

export interface GateResult {
  readonly gate: string;
  readonly kind: string;
  readonly verdict: GateVerdict;
  /** Those that decided come first. */
  readonly findings: readonly Finding[];
}

const WORSE: Readonly<Record<GateVerdict, number>> = { pass: 0, insufficient: 1, fail: 2 };

/** The worst of them; nothing at all is `insufficient`. */
export function worstOf(verdicts: readonly GateVerdict[]): GateVerdict {
  return verdicts.reduce<GateVerdict>(
    (worst, verdict) => (WORSE[verdict] > WORSE[worst] ? verdict : worst),
    verdicts.length === 0 ? 'insufficient' : 'pass',
  );
}

export function concludeGate(gate: string, kind: string, findings: readonly Finding[]): GateResult {
  return {
    gate,
    kind,
    verdict: worstOf(findings.map(({ verdict }) => verdict)),
    findings: findings.toSorted((a, b) => WORSE[b.verdict] - WORSE[a.verdict]),
  };
}

export const pass = (code: FindingCode, message: string): Finding => ({ verdict: 'pass', code, message });
export const fail = (code: FindingCode, message: string): Finding => ({ verdict: 'fail', code, message });
export const unsure = (code: FindingCode, message: string): Finding => ({
  verdict: 'insufficient',
  code,
  message,
});
