import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  renderStrip,
  resampleShares,
  stripLegend,
  windowsFromCounts,
} from '../../../../lib/cli/render/strip.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';

const UNICODE = { ...PLAIN, unicode: true };

// Single pages have a known place each, so a naive model over whole pages can be the judge.
const pageList = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
const cellCount = fc.integer({ min: 1, max: 80 });

describe('resampleShares', () => {
  it('is exact about full and empty for every page and every number of cells', () => {
    fc.assert(
      fc.property(pageList, cellCount, (pages, cells) => {
        const shares = resampleShares(
          pages.map((resident) => ({ pages: 1, resident: Number(resident) })),
          cells,
        );
        expect(shares).toHaveLength(cells);
        shares.forEach((share, cell) => {
          const from = Math.floor((cell * pages.length) / cells);
          const to = Math.ceil(((cell + 1) * pages.length) / cells);
          const under = pages.slice(from, to);
          expect(share === 1).toBe(under.every(Boolean));
          expect(share === 0).toBe(!under.some(Boolean));
        });
      }),
    );
  });

  it('never calls a part of a partly resident window full or empty, however large', () => {
    const window = fc
      .integer({ min: 1, max: 2 ** 38 })
      .chain((pages) =>
        fc.record({ pages: fc.constant(pages), resident: fc.constantFrom(0, 1, pages - 1, pages) }),
      );
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 12 }), cellCount, (windows, cells) => {
        const shares = resampleShares(windows, cells);
        const total = windows.reduce((sum, { pages }) => sum + pages, 0);
        let start = 0;
        const placed = windows.map((entry) => {
          const from = start;
          start += entry.pages;
          return { ...entry, from, to: start };
        });
        shares.forEach((share, cell) => {
          const under = placed.filter(
            ({ from, to }) => from * cells < (cell + 1) * total && to * cells > cell * total,
          );
          expect(share === 1).toBe(under.every(({ pages, resident }) => resident === pages));
          expect(share === 0).toBe(under.every(({ resident }) => resident === 0));
        });
      }),
    );
  });

  it('keeps the total where cells and pages line up', () => {
    expect(resampleShares(windowsFromCounts([4, 2, 0, 1], 4, 16), 2)).toEqual([0.75, 0.125]);
    expect(resampleShares(windowsFromCounts([8, 1], 8, 9), 3)).toEqual([1, 1, 1]);
  });

  it('knows nothing of a cell with unknown pages in it', () => {
    const windows = [
      { pages: 2, resident: 2 },
      { pages: 2, resident: null },
    ];
    expect(resampleShares(windows, 2)).toEqual([1, null]);
    expect(resampleShares(windows, 1)).toEqual([null]);
  });

  it('has no cells for no pages, and skips empty windows', () => {
    expect(resampleShares([], 10)).toEqual([]);
    expect(resampleShares([{ pages: 0, resident: 0 }], 10)).toEqual([]);
    expect(
      resampleShares(
        [
          { pages: 0, resident: 0 },
          { pages: 1, resident: 1 },
        ],
        2,
      ),
    ).toEqual([1, 1]);
  });
});

describe('renderStrip', () => {
  const shares = [0, Number.MIN_VALUE, 0.49, 0.5, 1 - Number.EPSILON, 1, null];

  it('tells nothing, a little, most, all and unknown apart', () => {
    expect(renderStrip(UNICODE, shares)).toBe('·░░▓▓█?');
    expect(renderStrip(PLAIN, shares)).toBe('.--++#?');
  });

  it('colours by share, in as few runs as there are levels', () => {
    const text = renderStrip({ ...UNICODE, colour: true }, [1, 1, 0.5, 0, 0]);
    expect(text).toBe('\x1b[32m██\x1b[39m\x1b[33m▓\x1b[39m\x1b[2m··\x1b[22m');
    expect(displayWidth(text)).toBe(5);
  });

  it('has a legend', () => {
    expect(stripLegend(PLAIN, [[0, 0.2], [0.6, 1], [null]])).toBe(
      '. nothing  - a little  + most  # all  ? unknown',
    );
    expect(stripLegend(PLAIN, [[1, 0]])).toBe('. nothing  # all');
  });
});
