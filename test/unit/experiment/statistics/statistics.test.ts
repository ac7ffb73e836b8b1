import fc from 'fast-check';
import * as oracle from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import {
  bootstrapMedian,
  cliffsDelta,
  hodgesLehmann,
  mannWhitney,
  median,
  quantile,
  spreadOf,
} from '../../../../lib/experiment/statistics/index.ts';
import { normalBelow, normalQuantile } from '../../../../lib/experiment/statistics/normal.ts';
import { rankSumDistribution } from '../../../../lib/experiment/statistics/rank-sum.ts';

// Times of permeability, the example of R's own page on wilcox.test.
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];
const TIED = [1, 2, 2, 3, 5, 8, 8, 9];
const TIED_TOO = [2, 4, 4, 6, 8, 10, 11];
const MANY = Array.from({ length: 60 }, (_, index) => (index * 37) % 101);
const MANY_TOO = Array.from({ length: 55 }, (_, index) => ((index * 53) % 97) + 4.5);

const values = (minLength = 1, maxLength = 12) =>
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength, maxLength });

/** Every way to deal ranks to the first sample, counted one by one. */
function countedBelow(m: number, n: number): number[] {
  const counts = new Array<number>(m * n + 1).fill(0);
  for (let mask = 0; mask < 2 ** (m + n); mask += 1) {
    const places = Array.from({ length: m + n }, (_, at) => at).filter((at) => (mask >> at) & 1);
    if (places.length !== m) continue;
    const u = places.reduce((sum, at) => sum + at, 0) - (m * (m - 1)) / 2;
    counts[u] = (counts[u] ?? 0) + 1;
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum / all;
  });
}

describe('quantiles', () => {
  it('are of type 7, as in R and NumPy', () => {
    const sample = [2.5, 3.1, 4.7, 4.9, 5, 5.2, 7.7, 20];
    expect([0.1, 0.25, 0.5, 0.75, 0.9].map((p) => quantile(sample, p))).toEqual([
      expect.closeTo(2.92, 12),
      expect.closeTo(4.3, 12),
      expect.closeTo(4.95, 12),
      expect.closeTo(5.825, 12),
      expect.closeTo(11.39, 12),
    ]);
  });

  it('agree with another library on the median, in any order', () => {
    fc.assert(fc.property(values(), (sample) => median(sample) === oracle.median(sample)));
  });

  it('show outliers and leave them in', () => {
    const spread = spreadOf([10, 11, 12, 13, 14, 50]);
    expect(spread).toMatchObject({ count: 6, most: 50, outliers: [50], median: 12.5 });
    expect(spreadOf([])).toBeNull();
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('the normal distribution', () => {
  it.each([
    [-8.5, 9.47953482220325e-18],
    [-3, 0.0013498980316300933],
    [-0.5, 0.3085375387259869],
    [0, 0.5],
    [0.3, 0.6179114221889526],
    [2.999, 0.9986456634662729],
    [3.001, 0.998654527174915],
    [6, 0.9999999990134123],
  ])('below %d is %d', (z, share) => {
    expect(normalBelow(z) / share).toBeCloseTo(1, 11);
  });

  it.each([
    [1e-10, -6.361340902404056],
    [0.001, -3.090232306167813],
    [0.025, -1.9599639845400545],
    [0.9, 1.2815515655446004],
  ])('has %d of itself below %d', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 9);
  });
});

describe('Mann–Whitney', () => {
  it('counts small samples exactly, as R does', () => {
    expect(mannWhitney(TERM, EARLY)).toEqual({
      u: 35,
      p: expect.closeTo(0.2544122544122544, 12),
      method: 'exact',
    });
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toEqual({ u: 0, p: expect.closeTo(0.1, 12), method: 'exact' });
    expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])?.p).toBeCloseTo(0.007936507936507936, 12);
  });

  it('corrects for ties and continuity, as R does', () => {
    expect(mannWhitney(TIED, TIED_TOO)).toEqual({
      u: 19,
      p: expect.closeTo(0.32135119517734967, 10),
      method: 'normal',
    });
    expect(mannWhitney(MANY, MANY_TOO)).toEqual({
      u: 1595,
      p: expect.closeTo(0.7602584471103586, 10),
      method: 'normal',
    });
  });

  it('finds nothing where all is equal, and says nothing of nothing', () => {
    expect(mannWhitney([5, 5, 5], [5, 5, 5])?.p).toBe(1);
    expect(mannWhitney([], [1])).toBeNull();
  });

  it('has the distribution that counting every deal gives', () => {
    for (const [m, n] of [
      [1, 1],
      [3, 3],
      [4, 6],
      [7, 2],
      [5, 5],
    ] as const) {
      const counted = countedBelow(m, n);
      const ours = rankSumDistribution(m, n);
      expect(ours).toHaveLength(counted.length);
      for (const [u, share] of counted.entries()) expect(ours[u]).toBeCloseTo(share, 12);
    }
  });

  it('sees the same whichever sample comes first, and whatever the unit', () => {
    fc.assert(
      fc.property(values(), values(), (a, b) => {
        const [one, other] = [mannWhitney(a, b), mannWhitney(b, a)];
        expect((one?.u ?? 0) + (other?.u ?? 0)).toBe(a.length * b.length);
        expect(one?.p).toBeCloseTo(other?.p ?? -1, 12);
        expect(one?.p).toBeGreaterThan(0);
        expect(one?.p).toBeLessThanOrEqual(1);
        const inSeconds = mannWhitney(
          a.map((v) => v * 1000),
          b.map((v) => v * 1000),
        );
        expect(inSeconds).toEqual(one);
      }),
    );
  });
});

describe('effects', () => {
  it('give the shift and its interval, as R does', () => {
    expect(hodgesLehmann(TERM, EARLY)).toEqual({
      estimate: expect.closeTo(0.305, 12),
      low: expect.closeTo(-0.15, 12),
      high: expect.closeTo(0.76, 12),
      confidence: expect.closeTo(0.96003996, 8),
    });
    expect(hodgesLehmann(TIED, TIED_TOO)?.estimate).toBe(-2);
    expect(hodgesLehmann(MANY, MANY_TOO)).toEqual({
      estimate: -1.5,
      low: -12.5,
      high: 9.5,
      confidence: 0.95,
    });
  });

  it('own up to what three values can give', () => {
    expect(hodgesLehmann([1, 2, 3], [11, 12, 13])).toEqual({
      estimate: -10,
      low: -12,
      high: -8,
      confidence: expect.closeTo(0.9, 12),
    });
  });

  it('move with the sample, and keep the estimate inside', () => {
    fc.assert(
      fc.property(values(), values(), fc.integer({ min: -9, max: 9 }), (a, b, by) => {
        const still = hodgesLehmann(a, b);
        const moved = hodgesLehmann(
          a.map((v) => v + by),
          b,
        );
        expect(moved?.estimate).toBe((still?.estimate ?? 0) + by);
        expect(still?.low).toBeLessThanOrEqual(still?.estimate ?? 0);
        expect(still?.high).toBeGreaterThanOrEqual(still?.estimate ?? 0);
      }),
    );
  });

  it("Cliff's delta is the rank-biserial correlation of the test", () => {
    expect(cliffsDelta([1, 2], [3, 4])).toBe(-1);
    expect(cliffsDelta([], [3])).toBeNull();
    fc.assert(
      fc.property(values(), values(), (a, b) => {
        const u = mannWhitney(a, b)?.u ?? 0;
        expect(cliffsDelta(a, b)).toBeCloseTo((2 * u) / (a.length * b.length) - 1, 12);
      }),
    );
  });
});

describe('bootstrap', () => {
  it('is the same for a seed, and stays among the values', () => {
    fc.assert(
      fc.property(values(2), fc.nat(), (sample, seed) => {
        const interval = bootstrapMedian(sample, { seed, resamples: 200 });
        expect(bootstrapMedian(sample, { seed, resamples: 200 })).toEqual(interval);
        expect(interval?.low).toBeGreaterThanOrEqual(Math.min(...sample));
        expect(interval?.high).toBeLessThanOrEqual(Math.max(...sample));
        expect(interval?.low).toBeLessThanOrEqual(interval?.high ?? -Infinity);
      }),
      { numRuns: 30 },
    );
    expect(bootstrapMedian([1], { seed: 1 })).toBeNull();
    expect(bootstrapMedian([3, 3, 3], { seed: 1 })).toEqual({ low: 3, high: 3, confidence: 0.95 });
  });

  it('holds the true median about as often as it says', () => {
    // 30 values of a skewed source whose median is ln 2; 95 % of 200 would be 190.
    let state = 7;
    const next = () => {
      state = (state * 48271) % 2147483647;
      return -Math.log(state / 2147483647);
    };
    const held = Array.from({ length: 200 }, (_, seed) => {
      const found = bootstrapMedian(Array.from({ length: 30 }, next), { seed, resamples: 300 });
      return found !== null && found.low <= Math.LN2 && found.high >= Math.LN2;
    }).filter(Boolean).length;
    expect(held).toBeGreaterThanOrEqual(178);
    expect(held).toBeLessThanOrEqual(199);
  });
});
