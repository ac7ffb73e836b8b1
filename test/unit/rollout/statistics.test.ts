import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jackknife } from '../../../lib/rollout/statistics/jackknife.ts';
import { normalQuantile } from '../../../lib/rollout/statistics/normal-quantile.ts';
import { studentQuantile } from '../../../lib/rollout/statistics/student.ts';
import { shareDifference, wilson } from '../../../lib/rollout/statistics/wilson.ts';
import { dice } from '../../support/rollout-series.ts';

it.each([
  [0.95, 1, 6.3138],
  [0.95, 9, 1.8331],
  [0.975, 4, 2.7764],
  [0.99, 30, 2.4573],
  [0.5, 7, 0],
  [0.05, 9, -1.8331],
])('t of %s with %s degrees of freedom is %s, as tables have it', (p, freedom, t) => {
  expect(studentQuantile(p, freedom)).toBeCloseTo(t, 3);
});

it('has no t where there is none, and is normal for many', () => {
  expect(studentQuantile(1, 9)).toBeNaN();
  expect(studentQuantile(0.9, 0)).toBeNaN();
  expect(normalQuantile(0.95)).toBeCloseTo(1.645, 3);
});

it("Wilson's bounds are those that Newcombe published for 81 of 263 and 0 of 20", () => {
  const many = wilson(81, 263, 1.96);
  expect(many.low).toBeCloseTo(0.2553, 4);
  expect(many.high).toBeCloseTo(0.3662, 4);
  expect(wilson(0, 20, 1.96).low).toBe(0);
  expect(wilson(0, 20, 1.96).high).toBeCloseTo(0.1611, 4);
  expect(wilson(0, 0, 1.96)).toEqual({ low: 0, high: 1 });
});

it('the bounds of a difference are those that Newcombe published for 56 of 70 less 48 of 80', () => {
  const { low, high } = shareDifference({ events: 56, of: 70 }, { events: 48, of: 80 }, 1.96);
  expect(low).toBeCloseTo(0.0524, 4);
  expect(high).toBeCloseTo(0.3339, 4);
});

describe('the jackknife', () => {
  const mean = (values: readonly number[]) => (kept: readonly number[]) =>
    kept.reduce((sum, at) => sum + (values[at] ?? Number.NaN), 0) / kept.length;

  it('has its estimate between its bounds, which shrink with less confidence', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 5, maxLength: 60 }),
        (values) => {
          const wide = jackknife(mean(values), values.length, 0.99);
          const narrow = jackknife(mean(values), values.length, 0.8);
          if (wide === null || narrow === null) throw new Error('it is defined');
          expect(wide.low).toBeLessThanOrEqual(narrow.low);
          expect(wide.high).toBeGreaterThanOrEqual(narrow.high);
          expect(narrow.low).toBeLessThanOrEqual(narrow.estimate);
        },
      ),
    );
  });

  it('is not defined with few windows, nor where the statistic is not', () => {
    expect(jackknife(mean([1, 2, 3, 4]), 4, 0.95)).toBeNull();
    expect(jackknife(mean([1, 2, Number.NaN, 4, 5]), 5, 0.95)).toBeNull();
  });

  // 0.95 is promised; 400 tries are within 0.92 and 0.98 then. What depends on its neighbours costs some of it.
  it.each([
    [0, 0.92],
    [0.5, 0.88],
  ])(
    'covers the truth as often as it says, with neighbours that depend on each other by %s',
    (phi, least) => {
      let covered = 0;
      for (let seed = 1; seed <= 400; seed += 1) {
        const { normal } = dice(seed);
        let last = normal() / Math.sqrt(1 - phi * phi);
        const values = Array.from({ length: 60 }, () => {
          last = phi * last + normal();
          return last;
        });
        const bounded = jackknife(mean(values), values.length, 0.95);
        if (bounded !== null && bounded.high >= 0) covered += 1;
      }
      expect(covered / 400).toBeGreaterThanOrEqual(least);
      expect(covered / 400).toBeLessThanOrEqual(0.99);
    },
  );
});
