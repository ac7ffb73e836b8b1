import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitLine,
  growthExponent,
  median,
  quantile,
  ratiosByRound,
  spreadOf,
} from '../../../bench/statistics.ts';

describe('quantile', () => {
  it('interpolates between neighbours as R does by default', () => {
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([4, 1, 3, 2], 0.75)).toBe(3.25);
    expect(quantile([7], 0.9)).toBe(7);
  });

  it('never leaves the samples and grows with the share', () => {
    const samples = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, fc.double({ noNaN: true, min: 0, max: 1 }), (values, p) => {
        const found = quantile(values, p);
        expect(found).toBeGreaterThanOrEqual(Math.min(...values));
        expect(found).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
        expect(found).toBeLessThanOrEqual(quantile(values, 1));
      }),
    );
  });

  it('refuses to speak of no samples', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

it('leaves the samples as they were', () => {
  const samples = [3, 1, 2];
  expect(spreadOf(samples)).toEqual({
    count: 3,
    median: 2,
    lowerQuartile: 1.5,
    upperQuartile: 2.5,
    least: 1,
    most: 3,
  });
  expect(samples).toEqual([3, 1, 2]);
});

describe('ratiosByRound', () => {
  it('divides neighbours in time, and leaves out rounds that lack one of them', () => {
    const ours = new Map([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    const theirs = new Map([
      [3, 10],
      [1, 5],
    ]);
    expect(ratiosByRound(ours, theirs)).toEqual([2, 3]);
  });

  it('has no ratio to nothing', () => {
    expect(ratiosByRound(new Map([[1, 1]]), new Map([[1, 0]]))).toEqual([]);
  });
});

describe('growth', () => {
  it('finds a line', () => {
    const { slope, intercept } = fitLine([
      [1, 5],
      [2, 7],
      [4, 11],
    ]);
    expect(slope).toBeCloseTo(2);
    expect(intercept).toBeCloseTo(3);
  });

  it('tells linear from quadratic', () => {
    const points = (power: number) => [1, 2, 4].map((x) => [x, 3 * x ** power] as const);
    expect(growthExponent(points(1))).toBeCloseTo(1);
    expect(growthExponent(points(2))).toBeCloseTo(2);
  });

  it('needs two different x', () => {
    expect(() => fitLine([[1, 1]])).toThrow(RangeError);
  });
});
