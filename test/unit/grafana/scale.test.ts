import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Unit } from '../../../scripts/grafana/model.ts';
import { axisOf, tickText } from '../../../scripts/grafana/pictures/scale.ts';

const MiB = 2 ** 20;

/** What stands beside an axis, from below. */
function ticks(unit: Unit, least: number, most: number, fixed: { min?: number; max?: number } = {}) {
  const axis = axisOf(unit, least, most, fixed);
  const count = Math.floor((axis.max - axis.min) / axis.step + 1e-6);
  return Array.from({ length: count + 1 }, (_, at) => tickText(unit, axis.min + at * axis.step, axis));
}

describe('an axis', () => {
  it.each<[Unit, number, number, { min?: number; max?: number }, string[]]>([
    ['bytes', 0, 184 * MiB, { min: 0 }, ['0 MiB', '64 MiB', '128 MiB', '192 MiB']],
    ['Bps', 0, 3 * MiB, { min: 0 }, ['0 MiB/s', '1 MiB/s', '2 MiB/s', '3 MiB/s']],
    ['percentunit', 0.2, 0.9, { min: 0, max: 1 }, ['0 %', '25 %', '50 %', '75 %', '100 %']],
    ['percentunit', 0, 0.006, { min: 0 }, ['0.0 %', '0.2 %', '0.4 %', '0.6 %']],
    ['s', 0, 0.29, { min: 0 }, ['0 ms', '100 ms', '200 ms', '300 ms']],
    ['s', 0, 0.0000041, { min: 0 }, ['0 µs', '2 µs', '4 µs', '6 µs']],
    ['ms', 0, 1900, { min: 0 }, ['0.0 s', '0.5 s', '1.0 s', '1.5 s', '2.0 s']],
    ['short', 0, 4, { min: 0 }, ['0', '1', '2', '3', '4']],
    ['short', 0, 4000, { min: 0 }, ['0 k', '1 k', '2 k', '3 k', '4 k']],
  ])('of %s from %d to %d with %o', (unit, least, most, fixed, expected) => {
    expect(ticks(unit, least, most, fixed)).toEqual(expected);
  });

  it('of nothing but zeros has a scale', () => {
    expect(ticks('short', 0, 0, { min: 0 })).toEqual(['0.00', '0.25', '0.50', '0.75', '1.00']);
    expect(axisOf('bytes', 0, 0, { min: 0 }).max).toBeGreaterThan(0);
  });

  it('has no further line for what adding up put a hair above one', () => {
    expect(axisOf('percentunit', 0, 1.0000000002, { min: 0 }).max).toBe(1);
  });

  it('keeps the ends that a panel has', () => {
    expect(axisOf('percentunit', 0.5, 3, { min: 0, max: 1 })).toMatchObject({ min: 0, max: 1 });
  });

  it('holds every value, in few steps, and each line has a text of its own', () => {
    const value = fc.double({ min: 1e-9, max: 1e15, noNaN: true });
    const unit = fc.constantFrom<Unit>('bytes', 'Bps', 'percentunit', 's', 'ms', 'short');
    fc.assert(
      fc.property(unit, value, value, (of, one, other) => {
        const [least, most] = [Math.min(one, other), Math.max(one, other)];
        const axis = axisOf(of, 0, most, { min: 0 });
        expect(axis.max).toBeGreaterThanOrEqual(most * (1 - 1e-5));
        expect(axis.min).toBeLessThanOrEqual(least);
        const lines = (axis.max - axis.min) / axis.step;
        expect(Math.abs(lines - Math.round(lines))).toBeLessThan(1e-6);
        expect(lines).toBeLessThanOrEqual(6);
      }),
    );
  });
});
