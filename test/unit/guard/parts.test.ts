import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Baseline } from '../../../lib/guard/baseline.ts';
import { Guard, type GuardOptions } from '../../../lib/guard/index.ts';
import { Latch, signAbove, signBelow } from '../../../lib/guard/latch.ts';
import { Recent, RecentAmounts } from '../../../lib/guard/recent.ts';
import { percentileOf } from '../../../lib/percentile.ts';

describe('percentile', () => {
  test('is the nearest rank, one of the values', () => {
    expect(percentileOf([3, 1, 2], 0.5)).toBe(2);
    expect(
      percentileOf(
        Array.from({ length: 20 }, (_, index) => index + 1),
        0.95,
      ),
    ).toBe(19);
    expect(percentileOf([7], 0.95)).toBe(7);
    expect(percentileOf([], 0.95)).toBeNull();
  });

  test('at most the rest of the values lie above it', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const found = percentileOf(values, share) ?? Number.NaN;
        expect(values).toContain(found);
        expect(values.filter((value) => value > found).length).toBeLessThanOrEqual(
          values.length * (1 - share) + 1e-9,
        );
      }),
    );
  });
});

describe('Recent', () => {
  test('forgets what is old and what is too much', () => {
    const recent = new Recent(1000, 3);
    recent.add(0, [1]);
    recent.add(900, [2, 3]);
    expect(recent.values()).toEqual([1, 2, 3]);
    expect(recent.values(0)).toEqual([2, 3]);
    recent.add(950, [4]);
    expect(recent.values()).toEqual([2, 3, 4]);
    recent.add(5000, []);
    expect(recent.values()).toEqual([]);
  });

  test('amounts become a rate; the newest is kept however long it took', () => {
    const amounts = new RecentAmounts(1000);
    expect(amounts.perSecond).toBeNull();
    amounts.add(0, 0, 99);
    expect(amounts.perSecond).toBeNull();
    amounts.add(500, 500, 100);
    amounts.add(1000, 500, 300);
    expect(amounts.perSecond).toBe(400);
    amounts.add(31_000, 30_000, 300);
    expect(amounts.perSecond).toBe(10);
  });
});

describe('Latch', () => {
  test('enters at once and leaves after nothing but good signs for long enough', () => {
    const latch = new Latch();
    const signs = ['good', 'bad', 'good', 'between', 'good', 'good', 'good'] as const;
    expect(signs.map((sign, index) => latch.update(index * 1000, sign, 2000))).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('is left at last when nothing is known any more', () => {
    const latch = new Latch();
    latch.update(0, 'bad', 1000);
    expect(latch.update(1000, 'unknown', 1000)).toBe(true);
    expect(latch.update(10_999, 'unknown', 1000)).toBe(true);
    expect(latch.update(11_000, 'unknown', 1000)).toBe(false);
  });

  test('enters and leaves at different values', () => {
    expect([3, 2.5, 2, null].map((value) => signAbove(value, 2.9, 2))).toEqual([
      'bad',
      'between',
      'good',
      'unknown',
    ]);
    expect([1, 1.5, 2, null].map((value) => signBelow(value, 1.1, 2))).toEqual([
      'bad',
      'between',
      'good',
      'unknown',
    ]);
  });
});

describe('Baseline', () => {
  const ageing = { upMs: 600_000, downMs: 60_000, most: 4 };

  test('moves over minutes, faster down than up, never past its bound', () => {
    const up = new Baseline(null, ageing);
    up.take(1);
    for (let second = 0; second < 10; second += 1) up.age(3, 1000);
    expect(up.value).toBeLessThan(1.05);
    for (let second = 0; second < 600; second += 1) up.age(3, 1000);
    expect(up.value).toBeCloseTo(1 + 2 * (1 - Math.exp(-610 / 600)), 5);
    for (let second = 0; second < 60_000; second += 1) up.age(100, 1000);
    expect(up.value).toBe(4);
  });

  test('a night of sleep is no night of measuring', () => {
    const baseline = new Baseline(null, ageing);
    baseline.take(1);
    baseline.age(3, 8 * 3_600_000);
    expect(baseline.value).toBeLessThan(1.05);
  });

  test('one that is given stays', () => {
    const baseline = new Baseline(5, ageing);
    baseline.take(1);
    baseline.age(100, 5000);
    expect(baseline).toMatchObject({ value: 5, source: 'given' });
  });
});

describe('options', () => {
  test.each<[keyof GuardOptions, number]>([
    ['memoryFall', 1.1],
    ['memoryFloorBytes', -1],
    ['cgroupFloorBytes', Number.NaN],
    ['memoryPressure', -0.1],
    ['ioPressure', 2],
    ['readLatencyFactor', 1],
    ['baselineReadMs', 0],
    ['baselineAvailableBytes', Number.POSITIVE_INFINITY],
    ['floorBytesPerSecond', 0],
    ['ceilingBytesPerSecond', 0.5],
    ['blindBytesPerSecond', 0],
    ['stopAfterSeconds', 0],
  ])('%s of %d is refused by name', (name, value) => {
    expect(() => new Guard({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT', subject: name }),
    );
  });

  test('a floor above the ceiling is refused', () => {
    expect(() => new Guard({ floorBytesPerSecond: 2, ceilingBytesPerSecond: 1 })).toThrow(/above ceiling/);
  });

  test('undefined is the default', () => {
    expect(() => new Guard({ memoryFall: undefined, ceilingBytesPerSecond: undefined })).not.toThrow();
  });
});
