import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile } from '../../../lib/percentile.ts';
import { summariseLatency } from '../../../lib/probe/summary.ts';

test('without samples there is no number', () => {
  expect(summariseLatency([])).toBeNull();
  expect(percentile([], 0.5)).toBeNull();
});

test('percentiles are samples, by nearest rank, in whatever order they came', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(summariseLatency(hundred)).toEqual({ samples: 100, p50Ms: 50, p95Ms: 95, p99Ms: 99, maxMs: 100 });
  expect(summariseLatency([3, 1, 2])).toEqual({ samples: 3, p50Ms: 2, p95Ms: 3, p99Ms: 3, maxMs: 3 });
  expect(summariseLatency([10, 9])).toMatchObject({ p50Ms: 9, p95Ms: 10 });
  expect(summariseLatency([5])).toEqual({ samples: 1, p50Ms: 5, p95Ms: 5, p99Ms: 5, maxMs: 5 });
});

test('the given samples stay as they are', () => {
  const given = [3, 1, 2];
  summariseLatency(given);
  expect(given).toEqual([3, 1, 2]);
});

test('exact shares of exact counts don’t slip a rank', () => {
  const ascending = Array.from({ length: 1000 }, (_, at) => at + 1);
  for (let percent = 1; percent <= 100; percent++) {
    expect(percentile(ascending.slice(0, 100), percent / 100)).toBe(percent);
    expect(percentile(ascending, percent / 100)).toBe(percent * 10);
  }
});

test('at least the share of samples isn’t above the percentile, and no smaller sample would do', () => {
  const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const ascending = values.toSorted((a, b) => a - b);
      const found = percentile(ascending, percent / 100) ?? Number.NaN;
      const notAbove = ascending.filter((value) => value <= found).length;
      const below = ascending.filter((value) => value < found).length;
      expect(notAbove * 100).toBeGreaterThanOrEqual(percent * values.length);
      expect(below * 100).toBeLessThan(percent * values.length);
    }),
  );
});
