import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExposition } from '../../../../lib/probe/ttft/exposition.ts';
import { judgeTraffic } from '../../../../lib/probe/ttft/from-metrics.ts';
import { type CumulativeBucket, quantile } from '../../../../lib/probe/ttft/histogram-quantile.ts';

const INF = Number.POSITIVE_INFINITY;
const bucketsOf = (...counts: readonly (readonly [le: number, count: number])[]): CumulativeBucket[] =>
  counts.map(([le, count]) => ({ le, count }));

test('a quantile lies in its bucket by proportion, as Prometheus has it', () => {
  const buckets = bucketsOf([0.1, 10], [0.5, 90], [1, 100], [INF, 100]);
  expect(quantile(buckets, 0.05)).toEqual({ state: 'value', seconds: 0.05 });
  expect(quantile(buckets, 0.5)).toEqual({ state: 'value', seconds: 0.1 + 0.4 * 0.5 });
  expect(quantile(buckets, 0.95)).toEqual({ state: 'value', seconds: 0.75 });
});

test('behind the last bound only the bound is known', () => {
  expect(quantile(bucketsOf([0.1, 1], [10, 90], [INF, 100]), 0.95)).toEqual({
    state: 'at-least',
    seconds: 10,
  });
  expect(quantile(bucketsOf([INF, 100]), 0.5)).toEqual({ state: 'at-least', seconds: 0 });
});

test('of nothing there is no quantile', () => {
  expect(quantile([], 0.95)).toEqual({ state: 'none' });
  expect(quantile(bucketsOf([1, 0], [INF, 0]), 0.95)).toEqual({ state: 'none' });
});

test('a quantile is never outside of the bucket that holds its value', () => {
  const observed = fc.array(fc.double({ min: 0.001, max: 30, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(observed, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const bounds = [0.01, 0.1, 0.5, 1, 5, 10];
      const buckets = [...bounds, INF].map((le) => ({
        le,
        count: values.filter((value) => value <= le).length,
      }));
      const rank = Math.max(1, Math.ceil(share * values.length - 1e-9));
      const truth = values.toSorted((a, b) => a - b)[rank - 1] ?? 0;
      const found = quantile(buckets, share);
      if (found.state === 'none') throw new Error('there are values');
      if (found.state === 'at-least') expect(truth).toBeGreaterThan(found.seconds);
      else {
        const le = bounds.find((bound) => truth <= bound) ?? INF;
        expect(found.seconds).toBeLessThanOrEqual(le);
        expect(found.seconds).toBeGreaterThanOrEqual(bounds.findLast((bound) => bound < le) ?? 0);
      }
    }),
  );
});

const NAME = 'vllm:time_to_first_token_seconds_bucket';
const page = (...lines: readonly string[]) => parseExposition(lines.join('\n'), () => true);
const series = (labels: string, ...counts: readonly number[]): string[] =>
  ['0.1', '1.0', '+Inf'].map((le, at) => `${NAME}{${labels},le="${le}"} ${counts[at]}`);

test('what was counted before doesn’t count', () => {
  const traffic = judgeTraffic(
    page(...series('m="a"', 100, 100, 100)),
    page(...series('m="a"', 100, 110, 110)),
  );
  expect(traffic).toMatchObject({
    metrics: ['vllm:time_to_first_token_seconds'],
    requests: 10,
    resets: 0,
    ttftP95Ms: 955,
  });
});

test('series are summed, or chosen by a label', () => {
  const before = page(...series('m="a"', 0, 0, 0), ...series('m="b"', 0, 0, 0));
  const after = page(...series('m="a"', 10, 10, 10), ...series('m="b"', 0, 30, 30));
  expect(judgeTraffic(before, after).requests).toBe(40);
  expect(judgeTraffic(before, after, { labels: { m: 'a' } })).toMatchObject({ requests: 10, ttftP95Ms: 95 });
  expect(judgeTraffic(before, after, { labels: { m: 'c' } })).toMatchObject({ requests: 0, ttftP95Ms: null });
});

test('a server that was restarted, or that is new, begins at nothing', () => {
  const before = page(...series('m="a"', 100, 100, 100));
  const after = page(...series('m="a"', 4, 4, 4), ...series('m="new"', 0, 6, 6));
  expect(judgeTraffic(before, after)).toMatchObject({ requests: 10, resets: 1 });
});

test('buckets may stand in any order, twice, garbled, and beside other bounds', () => {
  const lines = [
    `${NAME}{le="+Inf"} 20`,
    `${NAME}{le="0.5"} NaN`,
    `${NAME}{le="0.1"} 10`,
    `${NAME}{le="0.1"} 999`,
    `${NAME}{le="much"} 7`,
    `${NAME} 7`,
    `${NAME}{le="1"} 20`,
    `${NAME}{m="x",le="0.5"} 5`,
    `${NAME}{m="x",le="+Inf"} 5`,
  ];
  const { buckets } = judgeTraffic([], page(...lines));
  expect(buckets).toEqual(bucketsOf([0.1, 10], [0.5, 15], [1, 25], [INF, 25]));
});

test('a page that was written while its counts grew never falls', () => {
  const { buckets } = judgeTraffic([], page(...series('m="a"', 10, 9, 10)));
  expect(buckets.map(({ count }) => count)).toEqual([10, 10, 10]);
});

test('behind the last bound of an old vLLM there is no figure, but what it is at least', () => {
  const traffic = judgeTraffic([], page(...series('m="a"', 1, 5, 100)));
  expect(traffic).toMatchObject({ p95: { state: 'at-least', seconds: 1 }, ttftP95Ms: null });
});
