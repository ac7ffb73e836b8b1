import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeBudget } from '../../../lib/budget/budget.ts';
import { WarmsetError } from '../../../lib/errors.ts';
import type { CgroupMemory } from '../../../lib/host/index.ts';

const GiB = 2 ** 30;

function cgroup(
  limit: number | null,
  current: number | null = 0,
  reclaimableFile = 0,
  path = '/cg',
): CgroupMemory {
  return {
    path,
    version: 2,
    limit,
    limitFile: limit === null ? null : 'memory.max',
    current,
    reclaimableFile,
  };
}

test('half of what is available, unless told otherwise', () => {
  expect(computeBudget({ memAvailable: 10 * GiB, cgroups: [] })).toMatchObject({
    allowed: 5 * GiB,
    binding: 'fractionOfAvailable',
  });
  expect(computeBudget({ memAvailable: 10 * GiB, cgroups: [] }, { fractionOfAvailable: 0.9 })).toMatchObject({
    allowed: 9 * GiB,
  });
});

test("the caller's ceiling binds where it is lower and never raises the budget", () => {
  const readings = { memAvailable: 10 * GiB, cgroups: [] };
  expect(computeBudget(readings, { maxBytes: GiB })).toMatchObject({ allowed: GiB, binding: 'maxBytes' });
  expect(computeBudget(readings, { maxBytes: 90 * GiB })).toMatchObject({ allowed: 5 * GiB });
});

describe('cgroups', () => {
  test('headroom is the limit less what cannot be dropped at once, less 3 % to breathe', () => {
    const margin = Math.ceil(8 * GiB * 0.03);
    const budget = computeBudget({
      memAvailable: 100 * GiB,
      cgroups: [cgroup(8 * GiB, 6 * GiB, 5 * GiB, '/pod')],
    });
    expect(budget).toEqual({
      allowed: 7 * GiB - margin,
      binding: 'cgroup',
      reason: expect.stringMatching(
        /^memory\.max of 8\.00 GiB, less 1\.00 GiB in use that the kernel can't drop at once and 246 MiB/,
      ),
      limits: [
        {
          name: 'fractionOfAvailable',
          bytes: 50 * GiB,
          detail: '50.0 % of the 100 GiB that the host has available',
        },
        {
          name: 'cgroup',
          bytes: 7 * GiB - margin,
          detail: budget.reason,
          path: '/pod',
        },
      ],
      unknowns: [],
    });
  });

  test('every ancestor counts, not only the nearest', () => {
    const cgroups = [
      cgroup(8 * GiB, 0, 0, '/a/b'),
      cgroup(null, 9 * GiB, 0, '/a'),
      cgroup(4 * GiB, 3 * GiB, 0, '/'),
    ];
    const budget = computeBudget({ memAvailable: 100 * GiB, cgroups });
    expect(budget).toMatchObject({ allowed: GiB - Math.ceil(4 * GiB * 0.03), binding: 'cgroup' });
    expect(budget.limits.map(({ path }) => path)).toEqual([undefined, '/a/b', '/']);
  });

  test('a small one keeps at least 8 MiB to breathe', () => {
    const budget = computeBudget({ memAvailable: GiB, cgroups: [cgroup(64 * 2 ** 20, 0)] });
    expect(budget.allowed).toBe(56 * 2 ** 20);
  });

  test('one that is over its limit leaves 0', () => {
    expect(computeBudget({ memAvailable: GiB, cgroups: [cgroup(GiB, 2 * GiB)] }).allowed).toBe(0);
  });

  test('a limit with unknown use leaves 0 and says so', () => {
    const budget = computeBudget({ memAvailable: GiB, cgroups: [cgroup(GiB, null)] });
    expect(budget).toMatchObject({
      allowed: 0,
      binding: 'cgroup',
      reason: expect.stringContaining('unknown'),
    });
  });

  test('running twice allows the same: what was filled is file cache that counts as free', () => {
    const before = computeBudget({ memAvailable: 100 * GiB, cgroups: [cgroup(8 * GiB, 2 * GiB, 0)] });
    const after = computeBudget({ memAvailable: 100 * GiB, cgroups: [cgroup(8 * GiB, 8 * GiB, 6 * GiB)] });
    expect(after.allowed).toBe(before.allowed);
  });
});

test('nothing known allows nothing and says what to do; gaps are handed on', () => {
  const budget = computeBudget({
    memAvailable: null,
    cgroups: [cgroup(null)],
    gaps: ['above is out of sight'],
  });
  expect(budget).toMatchObject({
    allowed: 0,
    binding: 'unknown',
    reason: expect.stringContaining('maxBytes'),
    unknowns: ['above is out of sight', expect.stringContaining('MemAvailable')],
  });
});

test('unknown MemAvailable with another limit goes by that limit, and says what it could not see', () => {
  expect(computeBudget({ memAvailable: null, cgroups: [] }, { maxBytes: GiB })).toMatchObject({
    allowed: GiB,
    binding: 'maxBytes',
    unknowns: [expect.stringContaining('MemAvailable')],
  });
});

test.each([
  { maxBytes: -1 },
  { maxBytes: 1.5 },
  { maxBytes: Number.NaN },
  { maxBytes: Number.POSITIVE_INFINITY },
  { fractionOfAvailable: -0.1 },
  { fractionOfAvailable: 1.1 },
  { fractionOfAvailable: Number.NaN },
])('%j is refused by name, with a remedy', (options) => {
  const [name = '', value] = Object.entries(options)[0] ?? [];
  let error: unknown;
  try {
    computeBudget({ memAvailable: GiB, cgroups: [] }, options);
  } catch (thrown) {
    error = thrown;
  }
  expect(WarmsetError.is(error)).toBe(true);
  expect(error).toMatchObject({
    code: 'WARMSET_BAD_ARGUMENT',
    subject: name,
    message: expect.stringMatching(new RegExp(`^expected .+ for ${name}, received ${value}$`)),
    remedy: expect.any(String),
  });
});

describe('for any readings', () => {
  const bytes = fc.nat({ max: 2 ** 45 });
  const readings = fc.record({
    memAvailable: fc.option(bytes),
    cgroups: fc.array(
      fc
        .tuple(fc.option(bytes), fc.option(bytes), bytes)
        .map(([limit, current, file]) => cgroup(limit, current, file)),
      { maxLength: 5 },
    ),
  });
  const options = fc.record({
    maxBytes: fc.option(bytes, { nil: undefined }),
    fractionOfAvailable: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('whole, never negative, never above any limit, and fit for JSON', () => {
    fc.assert(
      fc.property(readings, options, (readings, options) => {
        const budget = computeBudget(readings, options);
        expect(Number.isSafeInteger(budget.allowed) && budget.allowed >= 0).toBe(true);
        for (const limit of budget.limits) expect(budget.allowed).toBeLessThanOrEqual(limit.bytes);
        for (const { limit } of readings.cgroups)
          if (limit !== null) expect(budget.allowed).toBeLessThanOrEqual(limit);
        expect(budget.limits.some(({ bytes }) => bytes === budget.allowed)).toBe(
          budget.binding !== 'unknown',
        );
        expect(JSON.parse(JSON.stringify(budget))).toEqual(budget);
      }),
    );
  });

  test('one more limit, more use or less memory never allows more', () => {
    fc.assert(
      fc.property(readings, options, bytes, bytes, bytes, (readings, options, limit, current, less) => {
        // From nothing known to something known is the one step that may rise.
        fc.pre(readings.memAvailable !== null);
        const { allowed } = computeBudget(readings, options);
        const stricter = { ...readings, cgroups: [...readings.cgroups, cgroup(limit, current)] };
        expect(computeBudget(stricter, options).allowed).toBeLessThanOrEqual(allowed);
        const smaller = { ...readings, memAvailable: Math.max(0, (readings.memAvailable ?? 0) - less) };
        expect(computeBudget(smaller, options).allowed).toBeLessThanOrEqual(allowed);
        const fuller = {
          ...readings,
          cgroups: readings.cgroups.map((one) => ({
            ...one,
            current: one.current === null ? null : one.current + less,
          })),
        };
        expect(computeBudget(fuller, options).allowed).toBeLessThanOrEqual(allowed);
      }),
    );
  });
});
