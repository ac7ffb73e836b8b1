import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WarmsetError } from '../../lib/errors.ts';
import {
  formatBytes,
  formatBytesOf,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
  MAX_BYTES,
  parseDuration,
  parseRate,
  parseShare,
  parseSize,
} from '../../lib/units.ts';

function refusal(action: () => unknown): WarmsetError {
  try {
    action();
  } catch (error) {
    if (WarmsetError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const anyBytes = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('parseSize', () => {
  it.each([
    ['40GiB', 40 * 2 ** 30],
    ['1.5G', 1.5 * 2 ** 30],
    ['1.5g', 1.5 * 2 ** 30],
    ['512MB', 512e6],
    ['512 mb', 512e6],
    ['16Gi', 16 * 2 ** 30],
    ['0.1KB', 100],
    ['1PB', 1e15],
    ['.5K', 512],
    ['+2K', 2048],
    [' 7 ', 7],
    ['7B', 7],
    ['0', 0],
    ['-0', 0],
    ['8PiB', MAX_BYTES],
    ['9007199254740992', MAX_BYTES],
    ['9007199254740991', MAX_BYTES - 1],
    [4096, 4096],
    [0, 0],
    [MAX_BYTES, MAX_BYTES],
  ])('reads %j as %d', (input, bytes) => {
    expect(parseSize(input)).toBe(bytes);
  });

  it('rounds a fraction of a unit down, never past what was allowed', () => {
    expect(parseSize('0.3GiB')).toBe(Math.floor(0.3 * 2 ** 30));
  });

  it.each([
    ['12parsecs', /the unit "parsecs" is unknown/],
    ['5iB', /the unit "iB" is unknown/],
    ['1e9', /the unit "e9" is unknown/],
    ['-5GiB', /negative/],
    ['-0.1', /negative/],
    [-1, /negative/],
    [Number.NaN, /expected a number/],
    [Number.POSITIVE_INFINITY, /expected a number/],
    ['NaN', /expected a number/],
    ['GiB', /expected a number/],
    ['1,5GiB', /expected a number/],
    ['1.2.3GiB', /expected a number/],
    ['0x10', /the unit "x10" is unknown/],
    ['', /empty/],
    ['  ', /empty/],
    ['1.5', /no fractions/],
    [1.5, /no fractions/],
    [1e-7, /no fractions/],
    ['0.0001K', /no fractions/],
    ['8.1PiB', /more than 8 PiB/],
    ['9007199254740993', /more than 8 PiB/],
    [1e21, /more than 8 PiB/],
  ])('refuses %j and says why', (input, why) => {
    const error = refusal(() => parseSize(input));
    expect(error.code).toBe('WARMSET_BAD_ARGUMENT');
    expect(error.message).toMatch(why);
    expect(error.message).toContain(typeof input === 'string' ? JSON.stringify(input) : String(input));
    expect(error.subject).toBe(String(input));
    expect(error.remedy).toMatch(/such as 40GiB/);
  });

  it('names the option that the value was for', () => {
    expect(refusal(() => parseSize('x', '--max-bytes')).subject).toBe('--max-bytes');
  });

  it('gives every number of bytes back exactly', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => parseSize(`${bytes}`) === bytes && parseSize(bytes) === bytes),
    );
  });

  it('agrees with exact arithmetic for fractions of units', () => {
    const factors = { K: 2n ** 10n, MiB: 2n ** 20n, gb: 10n ** 9n, TiB: 2n ** 40n };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8000 }),
        fc.integer({ min: 0, max: 999 }),
        fc.constantFrom('K', 'MiB', 'gb', 'TiB'),
        (whole, thousandths, unit) => {
          const text = `${whole}.${String(thousandths).padStart(3, '0')}${unit}`;
          const expected = ((BigInt(whole) * 1000n + BigInt(thousandths)) * factors[unit]) / 1000n;
          expect(BigInt(parseSize(text))).toBe(expected);
        },
      ),
    );
  });

  it('gives a safe integer or refuses, whatever it is fed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^-?\d{0,20}\.?\d{0,3}[a-zA-Z]{0,3}$/)),
        (input) => {
          try {
            const bytes = parseSize(input);
            expect(Number.isInteger(bytes) && bytes >= 0 && bytes <= MAX_BYTES).toBe(true);
          } catch (error) {
            expect(WarmsetError.is(error)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('parseRate', () => {
  it.each([
    ['500MiB/s', 500 * 2 ** 20],
    ['500MiB / sec', 500 * 2 ** 20],
    ['2GB', 2e9],
    [1024, 1024],
  ])('reads %j', (input, rate) => {
    expect(parseRate(input)).toBe(rate);
  });

  it.each(['0', '0MiB/s', '5MiB/min', '/s'])('refuses %j with an example', (input) => {
    const error = refusal(() => parseRate(input, '--rate'));
    expect(error.message).toMatch(/is not a rate/);
    expect(error.subject).toBe('--rate');
    expect(error.remedy).toContain('500MiB/s');
  });
});

describe('parseDuration', () => {
  it.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['3 min 20 s', 200_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['500us', 0.5],
    ['0', 0],
    [250, 250],
  ])('reads %j as %d ms', (input, ms) => {
    expect(parseDuration(input)).toBeCloseTo(ms, 9);
  });

  it.each([
    ['30', /unit is missing/],
    ['30parsecs', /"parsecs" is unknown/],
    ['1constructor', /"constructor" is unknown/],
    ['-3s', /negative/],
    [-3, /negative/],
    [Number.NaN, /finite/],
    ['', /empty/],
    ['soon', /expected a number and a unit/],
    ['3s 5', /expected a number and a unit/],
    ['999999999999d', /too long/],
  ])('refuses %j', (input, why) => {
    expect(refusal(() => parseDuration(input)).message).toMatch(why);
  });
});

describe('parseShare', () => {
  it.each([
    ['30%', 0.3],
    ['0.3', 0.3],
    ['100 %', 1],
    ['1', 1],
    ['0', 0],
    [0.25, 0.25],
    [1e-7, 1e-7],
  ])('reads %j', (input, share) => {
    expect(parseShare(input)).toBe(share);
  });

  it.each(['30', '130%', '-1%', '', 'half', 'NaN', '1e400'])('refuses %j', (input) => {
    expect(refusal(() => parseShare(input)).message).toMatch(/is not a share/);
  });

  it('proposes the percentage that was probably meant', () => {
    expect(refusal(() => parseShare('30')).remedy).toContain('30%');
    expect(refusal(() => parseShare('130%')).remedy).not.toContain('130%');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [2 ** 30, '1.00 GiB'],
    [2 ** 30 - 1, '1.00 GiB'],
    [9.996 * 2 ** 20, '10.0 MiB'],
    [99.96 * 2 ** 20, '100 MiB'],
    [1023 * 2 ** 20, '1023 MiB'],
    [1023.6 * 2 ** 20, '1.00 GiB'],
    [MAX_BYTES, '8.00 PiB'],
    [-2048, '-2.00 KiB'],
    [0.2, '<1 B'],
    [Number.NaN, 'unknown'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('writes what parseSize reads back within half of the third digit', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(Math.abs(parseSize(formatBytes(bytes)) - bytes)).toBeLessThanOrEqual(0.005 * bytes + 1);
      }),
    );
  });

  it('is never wider than 8 columns', () => {
    fc.assert(fc.property(anyBytes, (bytes) => formatBytes(bytes).length <= 8));
  });
});

describe('formatBytesOf', () => {
  it('writes both in one unit', () => {
    expect(formatBytesOf(24.85 * 2 ** 30, 40 * 2 ** 30)).toBe('24.8 / 40.0 GiB');
    expect(formatBytesOf(100, 300)).toBe('100 / 300 B');
  });

  it('shows the whole only when the part is the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_BYTES - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (whole, share) => {
          const [shown = ''] = formatBytesOf(Math.floor(whole * share), whole).split(' / ');
          const [digits = ''] = formatBytes(whole).split(' ');
          expect(Number(shown)).toBeLessThanOrEqual(Number(digits));
        },
      ),
    );
    expect(formatBytesOf(40 * 2 ** 30 - 1, 40 * 2 ** 30)).toBe('39.9 / 40.0 GiB');
    expect(formatBytesOf(40 * 2 ** 30, 40 * 2 ** 30)).toBe('40.0 / 40.0 GiB');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [0.012, '12 µs'],
    [0.00123, '1.23 µs'],
    [1.234, '1.23 ms'],
    [850, '850 ms'],
    [999.6, '1.00 s'],
    [1250, '1.25 s'],
    [12_000, '12 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [200_000, '3 min 20 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_399_000, '1 d'],
    [100_800_000, '1 d 4 h'],
    [-1250, '-1.25 s'],
    [Number.POSITIVE_INFINITY, 'unknown'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('has an ASCII form', () => {
    expect(formatDuration(0.012, { ascii: true })).toBe('12 us');
  });

  it('writes what parseDuration reads back within five percent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e9, noNaN: true }), (ms) => {
        expect(Math.abs(parseDuration(formatDuration(ms)) - ms)).toBeLessThanOrEqual(0.05 * ms);
      }),
    );
  });
});

describe('formatShare', () => {
  it.each([
    [0, '0 %'],
    [-0, '0 %'],
    [0.00001, '<0.1 %'],
    [0.001, '0.1 %'],
    [0.5, '50.0 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
    [1.2, '120.0 %'],
    [Number.NaN, 'unknown'],
  ])('writes %d as %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it('says 100 % only of everything and 0 % only of nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: MAX_BYTES - 1 }), fc.nat(), (total, step) => {
        const inner = 1 + (step % (total - 1));
        for (const part of [1, inner, total - 1])
          expect(formatShare(part / total)).not.toMatch(/^(100(\.0)?|0(\.0)?) %$/);
      }),
    );
  });
});

it('formatRate and formatCount', () => {
  expect(formatRate(2.31 * 2 ** 30)).toBe('2.31 GiB/s');
  expect(formatRate(Number.POSITIVE_INFINITY)).toBe('unknown');
  expect(formatCount(1234567)).toBe('1,234,567');
  expect(formatCount(999)).toBe('999');
  expect(formatCount(-1234n)).toBe('-1,234');
});
