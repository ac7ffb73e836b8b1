import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyHistogram } from '../../../lib/probe/histogram.ts';

test('buckets are 1, 2 and 5 of each decade, without empty ones at the ends', () => {
  expect(latencyHistogram([])).toEqual([]);
  expect(latencyHistogram([Number.NaN, -1, Number.POSITIVE_INFINITY])).toEqual([]);
  expect(latencyHistogram([0.06, 0.1, 0.3, 1, 1.5])).toEqual([
    { leMs: 0.1, count: 2 },
    { leMs: 0.2, count: 0 },
    { leMs: 0.5, count: 1 },
    { leMs: 1, count: 1 },
    { leMs: 2, count: 1 },
  ]);
});

test('every sample is in the one bucket that it fits', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }), (samples) => {
      const buckets = latencyHistogram(samples);
      let below = 0;
      for (const { leMs, count } of buckets) {
        below += count;
        expect(samples.filter((value) => value <= leMs)).toHaveLength(below);
      }
      expect(below).toBe(samples.length);
      expect([buckets.at(0)?.count, buckets.at(-1)?.count]).not.toContain(0);
    }),
  );
});
