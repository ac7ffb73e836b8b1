import { describe, expect, it } from 'vitest';
import type { Unit } from '../../../scripts/grafana/model.ts';
import { stepColor, valueText } from '../../../scripts/grafana/pictures/value-text.ts';

describe('a single value', () => {
  it.each<[Unit, number, string]>([
    ['percentunit', 1, '100 %'],
    ['percentunit', 0.99999, '99.9 %'],
    ['bytes', 160 * 2 ** 20, '160 MiB'],
    ['Bps', 2 ** 30, '1.00 GiB/s'],
    ['s', 0.85, '850 ms'],
    ['ms', 1250, '1.25 s'],
    ['short', 2, '2'],
    ['short', 0.33333333, '0.3333'],
    ['dateTimeAsIso', 0, '1970-01-01T00:00:00.000Z'],
  ])('of %s: %d is %s', (unit, value, text) => {
    expect(valueText(unit, value)).toBe(text);
  });

  it('has the colour of the last step that it reached', () => {
    const steps = [
      { value: null, color: 'red' },
      { value: 0.9, color: 'yellow' },
      { value: 0.95, color: 'green' },
    ] as const;
    expect([-1, 0.89, 0.9, 0.949, 0.95, 2].map((value) => stepColor(steps, value))).toEqual([
      'red',
      'red',
      'yellow',
      'yellow',
      'green',
      'green',
    ]);
    expect(stepColor(undefined, 1)).toBeNull();
  });
});
