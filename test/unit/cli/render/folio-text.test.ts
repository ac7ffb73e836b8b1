import { describe, expect, it } from 'vitest';
import { describeFolioSource, describeFolios } from '../../../../lib/cli/render/folio-text.ts';
import { detailCells, detailLines } from '../../../../lib/cli/render/residency-detail.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';
import type { FileResidency, FolioLayout } from '../../../../lib/residency/index.ts';

const file = { path: '/m/x', dev: 1n, ino: 1n, size: 2 ** 22 };
const KIB = 1024;

function counted(sizes: Readonly<Record<number, number>>, sampledShare = 1): FolioLayout {
  const folios = Object.entries(sizes).map(([folioBytes, bytes]) => ({
    folioBytes: Number(folioBytes),
    bytes,
  }));
  return { file, state: 'counted', source: 'kpageflags', folios, sampledShare };
}

const ESTIMATED: FolioLayout = {
  ...{ file, state: 'estimated', source: 'cachestat-timing' },
  ...{ verdict: 'small', method: 'm', sampledShare: 1 },
};
const UNKNOWN: FolioLayout = {
  file,
  state: 'unknown',
  reason: { code: 'stacked', message: 'm', remedy: 'r' },
};

const known: FileResidency = {
  ...{ file, size: file.size, pages: 1024, state: 'known', source: 'cachestat' },
  ...{ residentPages: 1024, residentBytes: file.size, dirtyPages: 1, recentlyEvictedPages: 1234 },
};

describe('folios as text', () => {
  it.each([
    ['none cached', counted({})],
    ['2 MiB 98.0 %, 4 KiB 2.0 %', counted({ [4 * KIB]: 2, [2048 * KIB]: 98 })],
    ['1 GiB 100 %', counted({ [KIB ** 3]: 5 })],
    ['64 KiB 100 %', counted({ [64 * KIB]: 5 })],
    [
      '16 KiB 40.0 %, 8 KiB 30.0 %, 4 KiB 20.0 %, 32 KiB 10.0 %',
      counted({ 4096: 20, 8192: 30, 16384: 40, 32768: 10 }),
    ],
    [
      '16 KiB 40.0 %, 8 KiB 25.0 %, 4 KiB 20.0 %, others 15.0 %',
      counted({ 4096: 20, 8192: 25, 16384: 40, 32768: 10, 65536: 5 }),
    ],
    ['small (estimate)', ESTIMATED],
    ['unknown', UNKNOWN],
  ] as const)('%s', (text, layout) => {
    expect(describeFolios(layout)).toBe(text);
  });

  it('says how much was looked at unless it was all', () => {
    expect(describeFolioSource(counted({}))).toBe('kpageflags');
    expect(describeFolioSource(counted({}, 0.25))).toBe('kpageflags, 25.0 % looked at');
    expect(describeFolioSource(UNKNOWN)).toBe('unknown');
  });
});

describe('--detail', () => {
  it('has a cell for everything in a pipe, and unknown for what is not known', () => {
    expect(detailCells(known, ESTIMATED)).toEqual(['small (estimate)', 'cachestat-timing', '1', '1,234']);
    expect(detailCells({ ...known, dirtyPages: null, recentlyEvictedPages: null }, UNKNOWN)).toEqual(
      Array.from({ length: 4 }, () => 'unknown'),
    );
  });

  it('says on a terminal what there is to say', () => {
    expect(detailLines(PLAIN, known, counted({ 4096: 1 }))).toEqual([
      '  folios 4 KiB 100 % (kpageflags); dirty 1 page; evicted lately 1,234 pages',
    ]);
    const clean = { ...known, dirtyPages: 0, recentlyEvictedPages: 0 };
    expect(detailLines(PLAIN, clean, ESTIMATED)).toEqual(['  folios small (estimate) (cachestat-timing)']);
    expect(detailLines(PLAIN, clean, counted({}))).toEqual([]);
    expect(detailLines(PLAIN, clean, counted({}, 0.5))).toHaveLength(1);
  });

  it.each([120, 80, 40, 20])('fits %d columns', (columns) => {
    const lines = detailLines({ ...PLAIN, isTTY: true, columns }, known, counted({ 4096: 1, 8192: 2 }, 0.1));
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });
});
