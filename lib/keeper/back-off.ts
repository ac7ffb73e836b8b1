import type { Reason } from '../guard/index.ts';

export const LONGEST_BACK_OFF_MS = 600_000;
const JITTER = 0.1;

/** A time in which nothing is refilled. */
export interface BackOff {
  /** How often in a row it came to this; from 1. */
  readonly attempts: number;
  readonly untilMs: number;
  readonly reason: Reason;
}

/**
 * The wait before an attempt, doubling from `firstMs` to ten minutes (or `firstMs`, where that is longer) and up to a
 * tenth shorter at random, so that the keepers of many nodes don't come back together. Pure.
 *
 * @param random 0 to 1
 */
export function backOffMs(attempts: number, firstMs: number, random: number): number {
  const most = Math.max(firstMs, LONGEST_BACK_OFF_MS);
  const whole = Math.min(most, firstMs * 2 ** Math.min(attempts - 1, 40));
  return whole * (1 - JITTER * random);
}

/** The next back-off after one that did not help, or the first. Pure. */
export function backOff(
  before: BackOff | null,
  reason: Reason,
  when: { readonly nowMs: number; readonly firstMs: number; readonly random: number },
): BackOff {
  const attempts = (before?.attempts ?? 0) + 1;
  return { attempts, untilMs: when.nowMs + backOffMs(attempts, when.firstMs, when.random), reason };
}

/** Milliseconds from one sweep to the next. Pure. @param random 0 to 1 */
export function jittered(intervalMs: number, jitter: number, random: number): number {
  return intervalMs * (1 + jitter * (2 * random - 1));
}
