import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOff, backOffMs, jittered, LONGEST_BACK_OFF_MS } from '../../../lib/keeper/back-off.ts';
import { Churn } from '../../../lib/keeper/churn.ts';

const REASON = { code: 'memory-fell', message: 'it fell' } as const;
const share = fc.double({ min: 0, max: 1, noNaN: true });

test('waits double from the first to ten minutes', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((attempts) => backOffMs(attempts, 30_000, 0) / 1000);
  expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600]);
});

test('no wait is longer than ten minutes or the first one, shorter than nine tenths of it, or no number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 864_000_000 }),
      share,
      (attempts, firstMs, random) => {
        const ms = backOffMs(attempts, firstMs, random);
        expect(ms).toBeLessThanOrEqual(Math.max(firstMs, LONGEST_BACK_OFF_MS));
        expect(ms).toBeGreaterThanOrEqual(Math.min(firstMs, LONGEST_BACK_OFF_MS) * 0.9 - 1e-6);
      },
    ),
  );
});

test('a back-off counts its attempts and keeps the latest reason', () => {
  const first = backOff(null, REASON, { nowMs: 1_000, firstMs: 100, random: 0 });
  expect(first).toEqual({ attempts: 1, untilMs: 1_100, reason: REASON });
  const other = { code: 'swapping', message: 'it swaps' } as const;
  const second = backOff(first, other, { nowMs: 2_000, firstMs: 100, random: 0 });
  expect(second).toEqual({ attempts: 2, untilMs: 2_200, reason: other });
});

test('an interval is stretched and shortened by its jitter, on average not at all', () => {
  expect([0, 0.5, 1].map((random) => jittered(1_000, 0.1, random))).toEqual([900, 1_000, 1_100]);
  expect(jittered(1_000, 0, 0.9)).toBe(1_000);
});

test('what is gone again twice in a row churns; once does not, nor twice with a calm sweep between', () => {
  const churn = new Churn();
  churn.refilled(100);
  expect(churn.observe(100)).toBeNull();
  churn.refilled(100);
  expect(churn.observe(60)).toMatchObject({ code: 'evicted-again' });
  churn.calm();
  churn.refilled(100);
  expect(churn.observe(100)).toBeNull();
  churn.refilled(100);
  expect(churn.observe(10)).toBeNull();
  churn.refilled(100);
  expect(churn.observe(100)).toBeNull();
  // Nothing was refilled: what is lost now is no answer to a fill.
  expect(churn.observe(1_000)).toBeNull();
});
