import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type FillExtent,
  missingExtents,
  packExtents,
  takeMissing,
  unpackExtents,
} from '../../../lib/fill/extents.ts';

const PAGE = 4096;
const WINDOW = 4 * PAGE;

function windows(
  size: number,
  cached: readonly number[],
  data?: readonly number[],
  tailCached = size > 0 && cached.at(-1) === Math.ceil((size - (cached.length - 1) * WINDOW) / PAGE),
) {
  return {
    size,
    window: WINDOW,
    cached: cached.reduce((sum, pages) => sum + pages, 0),
    tailCached,
    cachedByWindow: Uint32Array.from(cached),
    ...(data ? { dataByWindow: Uint32Array.from(data) } : {}),
  };
}

describe('missing extents', () => {
  it('are nothing of a resident file, nor of an empty one', () => {
    expect(missingExtents(windows(2 * WINDOW, [4, 4]), PAGE)).toEqual([]);
    expect(missingExtents(windows(0, []), PAGE)).toEqual([]);
  });

  it('join where all is missing, and end with the file', () => {
    const size = 2 * WINDOW + 100;
    expect(missingExtents(windows(size, [0, 0, 0]), PAGE)).toEqual([
      { offset: 0, length: size, missing: size },
    ]);
  });

  it('know what the file has of its last page', () => {
    const size = WINDOW + 2 * PAGE + 100;
    // One page of the last window is resident: its short last one, or another.
    expect(missingExtents(windows(size, [4, 1], undefined, true), PAGE)).toEqual([
      { offset: WINDOW, length: 2 * PAGE + 100, missing: 2 * PAGE },
    ]);
    expect(missingExtents(windows(size, [4, 1], undefined, false), PAGE)).toEqual([
      { offset: WINDOW, length: 2 * PAGE + 100, missing: PAGE + 100 },
    ]);
  });

  it('take a file without windows as one', () => {
    const { cachedByWindow, ...whole } = windows(WINDOW, [1]);
    expect(cachedByWindow).toHaveLength(1);
    expect(missingExtents(whole, PAGE)).toEqual([{ offset: 0, length: WINDOW, missing: 3 * PAGE }]);
  });

  it('keep half-missing windows apart', () => {
    expect(missingExtents(windows(4 * WINDOW, [0, 3, 0, 4]), PAGE)).toEqual([
      { offset: 0, length: WINDOW, missing: WINDOW },
      { offset: WINDOW, length: WINDOW, missing: PAGE },
      { offset: 2 * WINDOW, length: WINDOW, missing: WINDOW },
    ]);
  });

  it('never include holes', () => {
    expect(missingExtents(windows(3 * WINDOW, [0, 0, 1], [0, 2, 1]), PAGE)).toEqual([
      { offset: WINDOW, length: WINDOW, missing: 2 * PAGE },
    ]);
    // Pages of a hole that somebody read are resident beyond the data.
    expect(missingExtents(windows(WINDOW, [4], [1]), PAGE)).toEqual([]);
  });
});

const extents = fc
  .array(fc.record({ pages: fc.integer({ min: 1, max: 64 }), missing: fc.integer({ min: 1, max: 64 }) }))
  .map((parts): FillExtent[] => {
    let offset = 0;
    return parts.map(({ pages, missing }) => {
      const extent = { offset, length: pages * PAGE, missing: Math.min(pages, missing) * PAGE };
      offset += extent.length;
      return extent;
    });
  });
const missingOf = (parts: readonly FillExtent[]) => parts.reduce((sum, { missing }) => sum + missing, 0);

describe('taking what a budget allows', () => {
  it('never takes more, and all when there is room', () => {
    fc.assert(
      fc.property(extents, fc.integer({ min: 0, max: 5_000 }), (parts, pages) => {
        const taken = takeMissing(parts, pages * PAGE);
        expect(missingOf(taken)).toBeLessThanOrEqual(pages * PAGE);
        if (missingOf(parts) <= pages * PAGE) expect(taken).toEqual(parts);
      }),
    );
  });

  it('cuts one that misses everything, and leaves one that misses a part', () => {
    const whole = { offset: 0, length: WINDOW, missing: WINDOW };
    const half = { offset: WINDOW, length: WINDOW, missing: PAGE };
    expect(takeMissing([whole], PAGE)).toEqual([{ offset: 0, length: PAGE, missing: PAGE }]);
    expect(takeMissing([whole, half], WINDOW)).toEqual([whole]);
    expect(takeMissing([half, whole], PAGE - 1)).toEqual([]);
    expect(takeMissing([whole], 0)).toEqual([]);
  });
});

describe('packing', () => {
  it('is undone by unpacking', () => {
    fc.assert(
      fc.property(extents, (parts) => {
        expect(unpackExtents(packExtents(parts))).toEqual(parts);
      }),
    );
  });
});
