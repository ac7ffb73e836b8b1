import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fallsOf, growthByInstance, growthOf } from '../../../lib/rollout/series/growth.ts';
import { reading, series } from '../../support/rollout-series.ts';

const there = (length: number): readonly boolean[] => new Array(length).fill(true);

it('a counter grows by all that it counted, however often it was begun anew', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ grows: fc.nat(1000), restarts: fc.boolean() }), { maxLength: 50 }),
      (steps) => {
        let value = 7;
        const values = [value];
        for (const { grows, restarts } of steps) {
          // A restart shows only where the count is lower afterwards.
          if (restarts && grows < value) value = grows;
          else value += grows;
          values.push(value);
        }
        const total = growthOf(values, there(values.length)).reduce<number>(
          (sum, one) => sum + (one ?? 0),
          0,
        );
        expect(total).toBe(steps.reduce((sum, { grows }) => sum + grows, 0));
      },
    ),
  );
});

it('is not known beside a time at which it was not there, nor of what is no number', () => {
  expect(growthOf([1, null, 3, 5], [true, false, true, true])).toEqual([null, null, 2]);
  expect(growthOf([1, Number.NaN, 3], there(3))).toEqual([null, null]);
});

it('a counter that appears while its replica is there began at 0', () => {
  const { series: laid } = reading(
    [
      series([5, 6, 7], { instance: 'a', status: '2xx' }),
      series([null, null, 4], { instance: 'a', status: '5xx' }),
      series([null, 900, 901], { instance: 'b', status: '2xx' }),
    ],
    2,
  );
  expect(growthByInstance(laid)).toEqual(
    new Map([
      ['a', [1, 5]],
      ['b', [null, 1]],
    ]),
  );
});

it('a witness makes nothing of what is absent', () => {
  const witness = reading([series([1, 1, 1], { instance: 'a' })], 2).series;
  expect(growthByInstance([], witness)).toEqual(new Map([['a', [0, 0]]]));
});

it('counts falls', () => {
  expect(fallsOf([5, 6, 1, null, 0, 9])).toBe(2);
});
