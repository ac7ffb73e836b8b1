import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawFolioSample } from '../../../lib/native/addon-types.ts';
import { judgeFolios } from '../../../lib/residency/judge-folios.ts';
import { ERRNO, MAGIC } from './surveys.ts';

const PAGE = 4096;
const EACCES = { errno: -13, syscall: 'open' };

function sample(changes: Partial<RawFolioSample> = {}): RawFolioSample {
  return {
    identity: BigUint64Array.of(1n, 2n),
    size: 8 * 2 ** 20,
    filesystem: MAGIC.ext4,
    dax: false,
    windows: 4,
    sampled: 4,
    residentPages: 0,
    pagesByOrder: new Float64Array(19),
    timings: new Float64Array(),
    reference: 0,
    ...changes,
  };
}

const counted = (...orders: readonly (readonly [order: number, pages: number])[]): Float64Array => {
  const pages = new Float64Array(19);
  for (const [order, count] of orders) pages[order] = count;
  return pages;
};

/** As those without the right to look at flags see it. */
function timed(nanoseconds: readonly number[], reference = 20, changes: Partial<RawFolioSample> = {}) {
  const timings = Float64Array.from(nanoseconds.flatMap((a) => [512, a]));
  return judgeFolios(sample({ refusal: EACCES, timings, reference, ...changes }), PAGE);
}

describe('what was counted', () => {
  it('is told by size, smallest first, with the share that was looked at', () => {
    const pagesByOrder = counted([9, 1024], [0, 3]);
    expect(judgeFolios(sample({ pagesByOrder, residentPages: 1027, windows: 16 }), PAGE)).toEqual({
      state: 'counted',
      source: 'kpageflags',
      folios: [
        { folioBytes: 4096, bytes: 3 * 4096 },
        { folioBytes: 2 ** 21, bytes: 4 * 2 ** 20 },
      ],
      sampledShare: 0.25,
    });
  });

  it('is nothing where nothing is cached, and of an empty file all was looked at', () => {
    expect(judgeFolios(sample({ windows: 0, sampled: 0, size: 0 }), PAGE)).toMatchObject({
      state: 'counted',
      folios: [],
      sampledShare: 1,
    });
  });

  it('is not known where all of it went away meanwhile', () => {
    expect(judgeFolios(sample({ residentPages: 5 }), PAGE)).toMatchObject({ reason: { code: 'changing' } });
  });

  it('adds up to the pages that were counted, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 30 }), { minLength: 19, maxLength: 19 }),
        fc.constantFrom(4096, 16_384, 65_536),
        (pages, pageSize) => {
          const all = pages.reduce((sum, count) => sum + count, 0);
          const found = judgeFolios(
            sample({ pagesByOrder: Float64Array.from(pages), residentPages: all }),
            pageSize,
          );
          const bytes =
            found.state === 'counted' ? found.folios.reduce((sum, one) => sum + one.bytes, 0) : -1;
          expect(bytes).toBe(all * pageSize);
        },
      ),
    );
  });
});

describe('what was timed', () => {
  it.each([
    ['large', [0.1, 0.2, 0.1]],
    ['large', [0, 0]],
    ['large', [2.5]],
    ['mixed', [2.6]],
    ['mixed', [0.1, 20]],
    ['mixed', [9.9]],
    ['small', [10]],
    ['small', [20, 26, 40]],
  ] as const)('is %s for %j ns against 20', (verdict, nanoseconds) => {
    expect(timed(nanoseconds)).toMatchObject({ state: 'estimated', source: 'cachestat-timing', verdict });
  });

  it('bears one window in twenty that says something else', () => {
    const others = Array.from({ length: 19 }, () => 0.1);
    expect(timed([...others, 20])).toMatchObject({ verdict: 'large' });
    expect(timed([...others.slice(1), 20])).toMatchObject({ verdict: 'mixed' });
  });

  it('depends on the ratio alone, because machines differ', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 64 }), { minLength: 1, maxLength: 30 }),
        // Powers of two, so that scaling rounds nothing.
        fc.integer({ min: -4, max: 6 }),
        (nanoseconds, power) => {
          const scaled = nanoseconds.map((value) => value * 2 ** power);
          expect(timed(scaled, 16 * 2 ** power)).toEqual(timed(nanoseconds, 16));
        },
      ),
    );
  });

  it.each([
    ['too-few-pages', [], 20, {}],
    ['unsupported', [1], 0, {}],
    ['not-permitted', [1], 20, { untimed: { errno: ERRNO.EPERM, syscall: 'cachestat' } }],
    ['unsupported', [1], 20, { untimed: { errno: ERRNO.ENOSYS, syscall: 'cachestat' } }],
    ['stacked', [1], 20, { filesystem: MAGIC.overlayfs }],
    ['stacked', [1], 20, { filesystem: MAGIC.fuse }],
    ['stacked', [1], 20, { filesystem: MAGIC.aufs }],
    ['no-page-cache', [1], 20, { filesystem: MAGIC.zfs }],
    ['no-page-cache', [1], 20, { dax: true }],
  ] as const)('is unknown: %s', (code, nanoseconds, reference, changes) => {
    expect(timed(nanoseconds, reference, changes)).toEqual({
      state: 'unknown',
      reason: { code, message: expect.stringMatching(/\.$/), remedy: expect.stringMatching(/\.$/) },
    });
  });
});
