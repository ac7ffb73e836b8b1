import type { Pooled } from '../series/latencies.ts';
import { wilson } from '../statistics/wilson.ts';
import { type Finding, fail } from '../types.ts';
import { percent } from './compare.ts';

// One-sided 99.9 %: it is asked at each of a dozen bounds.
const Z = 3.09;
const TIMES = 2;
const TAIL = 0.1;

/**
 * Whether far more of the canary's requests than of the control's take longer than some bound of the buckets. Quantiles
 * say nothing of what lies behind them: of a thousand requests five may hang, and p99 is as it was.
 */
export function compareTails(metric: string, canary: Pooled, control: Pooled): Finding | null {
  for (const { le, count } of control.buckets.toReversed()) {
    const slow = control.requests - count;
    const mine = canary.buckets.find((bucket) => bucket.le === le);
    // Only bounds that both sides have can be compared; the infinite one has nothing behind it.
    if (mine === undefined || le === Number.POSITIVE_INFINITY) continue;
    if (slow > TAIL * control.requests) break;
    const own = canary.requests - mine.count;
    if (wilson(own, canary.requests, Z).low > TIMES * wilson(slow, control.requests, Z).high) {
      const [shown, usual] = [own / canary.requests, slow / control.requests].map(percent);
      return fail(
        'worse-tail',
        `${metric}: ${shown} of the requests take more than ${le} s, ${usual} of the control`,
      );
    }
  }
  return null;
}
