import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sliceFiles } from '../../../../lib/fill/calibration/slice.ts';
import { type FillExtent, packExtents, unpackExtents } from '../../../../lib/fill/extents.ts';
import type { PlannedFile } from '../../../../lib/fill/types.ts';

const PAGE = 4096;

function planned(name: string, extents: readonly FillExtent[]): PlannedFile {
  const toRead = extents.reduce((sum, { missing }) => sum + missing, 0);
  const size = extents.reduce((sum, { length }) => sum + length, 0);
  const file = { path: name, dev: 1n, ino: 1n, size };
  return {
    file,
    size,
    asked: size,
    alreadyResident: 0,
    source: 'cachestat',
    toRead,
    extents: packExtents(extents),
  };
}

// Extents follow each other; of some only a part is missing, and nobody knows which.
const files = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.boolean()), { minLength: 1, maxLength: 6 }), {
    maxLength: 8,
  })
  .map((lists) =>
    lists.map((list, index) => {
      let offset = 0;
      return planned(
        `file-${index}`,
        list.map(([pages, whole]) => {
          const length = pages * PAGE;
          const extent = { offset, length, missing: whole ? length : PAGE };
          offset += length;
          return extent;
        }),
      );
    }),
  );

const bytesOf = (list: readonly PlannedFile[]): number =>
  list.flatMap(({ extents }) => unpackExtents(extents)).reduce((sum, { length }) => sum + length, 0);

/** Each byte that is to be gone through, as file and page; of extents partly missing also how much. */
const pagesOf = (list: readonly PlannedFile[]): readonly string[] =>
  list.flatMap(({ file, extents }) =>
    unpackExtents(extents).flatMap(({ offset, length }) =>
      Array.from({ length: length / PAGE }, (_, at) => `${file.path}:${offset / PAGE + at}`),
    ),
  );

it('a slice and its rest are what was given: each page once, in order, and as much missing', () => {
  fc.assert(
    fc.property(files, fc.integer({ min: 1, max: 400 }), (list, pages) => {
      const { head, rest } = sliceFiles(list, pages * PAGE);
      expect([...pagesOf(head), ...pagesOf(rest)]).toEqual(pagesOf(list));
      const missing = (some: readonly PlannedFile[]): number =>
        some.reduce((sum, { toRead }) => sum + toRead, 0);
      expect(missing(head) + missing(rest)).toBe(missing(list));
      expect(rest.every(({ extents }) => extents.length > 0)).toBe(true);
    }),
  );
});

it('a slice has what was wanted, and no more than one extent too much that can’t be cut', () => {
  fc.assert(
    fc.property(files, fc.integer({ min: 1, max: 400 }), (list, pages) => {
      const { head, rest } = sliceFiles(list, pages * PAGE);
      if (rest.length > 0) expect(bytesOf(head)).toBeGreaterThanOrEqual(pages * PAGE);
      expect(bytesOf(head)).toBeLessThan(pages * PAGE + 50 * PAGE);
    }),
  );
});
