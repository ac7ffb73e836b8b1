import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extentsOfRuns } from '../../../lib/fill/extents.ts';
import { selectMissing } from '../../../lib/fill/selection.ts';
import { runsOfFlags } from '../../../lib/residency/runs.ts';
import { toWantedPages } from '../../../lib/residency/wanted-pages.ts';
import type { ByteRange } from '../../../lib/targets/index.ts';

const PAGE = 4096;
const PAGES = 32;

/** A file, what is wanted of it, which of its pages are resident, and which are data. */
const cases = fc.record({
  size: fc.integer({ min: 1, max: PAGES * PAGE }),
  ranges: fc.array(
    fc.record({
      offset: fc.integer({ min: 0, max: PAGES * PAGE }),
      length: fc.integer({ min: 0, max: 9 * PAGE }),
    }),
    { maxLength: 8 },
  ),
  resident: fc.array(fc.boolean(), { minLength: PAGES, maxLength: PAGES }),
  data: fc.option(fc.array(fc.boolean(), { minLength: PAGES, maxLength: PAGES })),
});

const touches = (ranges: readonly ByteRange[], page: number) =>
  ranges.some(
    ({ offset, length }) => length > 0 && offset < (page + 1) * PAGE && offset + length > page * PAGE,
  );

describe('selected parts', () => {
  it('miss exactly the wanted pages that are data and not resident, inside the file, each once', () => {
    fc.assert(
      fc.property(cases, ({ size, ranges, resident, data }) => {
        const pages = Math.ceil(size / PAGE);
        const runs = (set: readonly boolean[]) => runsOfFlags(Uint32Array.from(set.slice(0, pages), Number));
        const exact = { resident: runs(resident), data: data && runs(data) };
        const selection = selectMissing(toWantedPages(ranges, size, PAGE), exact, size, PAGE);
        const covered = new Set<number>();
        let end = -1;
        for (const { offset, length } of extentsOfRuns(selection.missing)) {
          expect(offset).toBeGreaterThan(end);
          expect(offset % PAGE).toBe(0);
          end = offset + length;
          expect(end).toBeLessThanOrEqual(size);
          expect(end === size || end % PAGE === 0).toBe(true);
          for (let at = offset; at < end; at += PAGE) covered.add(at / PAGE);
        }
        let asked = 0;
        let inside = 0;
        let outside = 0;
        for (let page = 0; page < pages; page += 1) {
          const bytes = Math.min(PAGE, size - page * PAGE);
          const wanted = touches(ranges, page) && (data?.[page] ?? true);
          if (wanted) asked += bytes;
          if (resident[page] && wanted) inside += bytes;
          if (resident[page] && !wanted) outside += bytes;
          expect(covered.has(page), `page ${page}`).toBe(wanted && !resident[page]);
        }
        expect(selection).toMatchObject({ asked, alreadyResident: inside, residentOutside: outside });
      }),
      { numRuns: 500 },
    );
  });

  it('may be given as pairs', () => {
    fc.assert(
      fc.property(cases, ({ size, ranges }) => {
        const pairs = Float64Array.from(ranges.flatMap(({ offset, length }) => [offset, length]));
        const before = pairs.slice();
        expect(toWantedPages(pairs, size, PAGE)).toEqual(toWantedPages(ranges, size, PAGE));
        expect(pairs).toEqual(before);
      }),
    );
  });

  it('are all to be read where nobody knows what is resident', () => {
    const wanted = toWantedPages([{ offset: PAGE, length: 1 }], 3 * PAGE, PAGE);
    expect(selectMissing(wanted, null, 3 * PAGE, PAGE)).toMatchObject({
      asked: PAGE,
      alreadyResident: null,
      residentOutside: null,
      missing: Float64Array.of(PAGE, PAGE),
    });
  });

  it.for([
    { offset: -1, length: 1 },
    { offset: 0.5, length: 1 },
    { offset: 0, length: Number.NaN },
    { offset: Number.MAX_SAFE_INTEGER, length: 1 },
    { offset: 0, length: Number.POSITIVE_INFINITY },
  ])('are refused where they make no sense: %o', (range) => {
    expect(() => toWantedPages([range], PAGE, PAGE)).toThrow(
      expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT', subject: 'select' }),
    );
  });
});
