import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileResidency, totalOf } from '../../../lib/residency/index.ts';

const PAGE = 4096;

const known = (pages: number, residentPages: number): FileResidency => ({
  file: { path: '/m', dev: 1n, ino: 2n, size: pages * PAGE },
  size: pages * PAGE,
  pages,
  state: 'known',
  source: 'cachestat',
  residentPages,
  residentBytes: residentPages * PAGE,
  dirtyPages: 0,
  recentlyEvictedPages: 0,
});

const unknown = (pages: number): FileResidency => ({
  file: { path: '/u', dev: 1n, ino: 3n, size: pages * PAGE },
  size: pages * PAGE,
  pages,
  state: 'unknown',
  reason: { code: 'not-permitted', message: 'm', remedy: 'r' },
});

describe('totalOf', () => {
  it('is no ratio where nothing is known, and none where nothing has pages', () => {
    expect(totalOf([])).toEqual({
      files: 0,
      size: 0,
      residentBytes: 0,
      unknownFiles: 0,
      cacheHitRatio: null,
    });
    expect(totalOf([unknown(3)])).toMatchObject({ unknownFiles: 1, size: 3 * PAGE, cacheHitRatio: null });
    expect(totalOf([known(0, 0)])).toMatchObject({ files: 1, cacheHitRatio: null });
  });

  it('leaves what is unknown out of every number but the size', () => {
    const pair = fc.nat(1_000).chain((pages) => fc.tuple(fc.constant(pages), fc.nat(pages)));
    fc.assert(
      fc.property(fc.array(pair), fc.array(fc.nat(1_000)), (pairs, strangers) => {
        const files = pairs.map(([pages, resident]) => known(pages, resident));
        const alone = totalOf(files);
        const all = totalOf([...strangers.map(unknown), ...files]);
        expect(all).toMatchObject({ residentBytes: alone.residentBytes, cacheHitRatio: alone.cacheHitRatio });
        expect(all.unknownFiles).toBe(strangers.length);
        expect(all.size - alone.size).toBe(strangers.reduce((sum, pages) => sum + pages * PAGE, 0));
        if (all.cacheHitRatio !== null) {
          expect(all.cacheHitRatio).toBeGreaterThanOrEqual(0);
          expect(all.cacheHitRatio).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
