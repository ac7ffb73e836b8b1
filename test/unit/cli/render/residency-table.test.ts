import { describe, expect, it } from 'vitest';
import { commonDirectory, renderResidency, renderTotal } from '../../../../lib/cli/render/residency-table.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';
import type { FileResidency, FolioLayout, ResidencyReport } from '../../../../lib/residency/index.ts';
import { totalOf } from '../../../../lib/residency/total.ts';

function known(path: string, size: number, resident: readonly number[], pageSize = 4096): FileResidency {
  const pages = Math.ceil(size / pageSize);
  const residentPages = resident.reduce((sum, count) => sum + count, 0);
  return {
    file: { path, dev: 1n, ino: 1n, size },
    size,
    pages,
    state: 'known',
    source: 'mincore',
    residentPages,
    residentBytes: Math.min(residentPages * pageSize, size),
    dirtyPages: null,
    recentlyEvictedPages: null,
    pageMap: { windowBytes: pageSize, residentPages: Uint32Array.from(resident) },
  };
}

function unknown(path: string): FileResidency {
  const reason = { code: 'not-permitted', message: 'It may not be asked.', remedy: 'Ask nicely.' } as const;
  return { file: { path, dev: 1n, ino: 2n, size: 5 }, size: 5, pages: 1, state: 'unknown', reason };
}

function report(files: readonly FileResidency[]): ResidencyReport {
  return { files, total: totalOf(files) };
}

describe('commonDirectory', () => {
  it.each([
    [[], ''],
    [['/m/a'], ''],
    [['/m/a', '/m/b'], '/m/'],
    [['/m/a', '/m/a/b'], '/m/'],
    [['/m/llama/a', '/m/llama-2/a'], '/m/'],
    [['/m/x/a', '/m/x/b', '/m/y'], '/m/'],
    [['/a', '/b'], ''],
    [['/m/a', '/n/a'], ''],
    [['/m/a\n/b', '/m/a\n/c'], '/m/a\n/'],
  ])('of %j is %j', (paths, expected) => {
    expect(commonDirectory(paths)).toBe(expected);
  });
});

describe('renderResidency', () => {
  it.each([4096, 16_384, 65_536])('puts each page of a short file where it is (pages of %d)', (pageSize) => {
    for (const resident of [
      [1, 0],
      [0, 1],
      [1, 0, 1],
      [0, 1, 1, 0],
    ]) {
      const size = (resident.length - 1) * pageSize + 763;
      const [, row] = renderResidency(PLAIN, report([known('/m/x', size, resident, pageSize)]));
      expect(row?.split(/ {2,}/).at(-1)).toBe(resident.map((count) => '.#'[count]).join(''));
    }
  });

  it('explains only the marks that it used', () => {
    const lines = renderResidency(PLAIN, report([known('/m/x', 8192, [1, 1])]));
    expect(lines.at(-1)).toBe('# all');
  });

  it('puts folios into columns of a pipe, and below each file on a terminal', () => {
    const files = [known('/m/x', 8192, [1, 1]), unknown('/m/y')];
    const folios: FolioLayout[] = [
      {
        ...{ file: { path: '/m/x', dev: 1n, ino: 1n, size: 8192 }, state: 'counted', source: 'kpageflags' },
        ...{ folios: [{ folioBytes: 4096, bytes: 8192 }], sampledShare: 1 },
      },
      {
        file: { path: '/m/y', dev: 1n, ino: 2n, size: 5 },
        state: 'unknown',
        reason: { code: 'stacked', message: 'Not here.', remedy: 'Be root.' },
      },
    ];
    const piped = renderResidency(PLAIN, report(files), { folios });
    expect(piped[0]).toMatch(/PAGES {2,}FOLIOS {2,}TOLD BY {2,}DIRTY {2,}EVICTED LATELY$/);
    expect(piped[1]).toMatch(/ {2}4 KiB 100 % {2,}kpageflags {2,}unknown {2,}unknown$/);
    expect(piped.slice(-2)).toEqual(['folios unknown for 1 file: Not here.', '    do: Be root.']);
    const terminal = { ...PLAIN, isTTY: true, columns: 80 };
    const shown = renderResidency(terminal, report(files), { folios });
    const below = (name: string) => shown[shown.findIndex((line) => line.startsWith(name)) + 1];
    expect(below('x')).toBe('  folios 4 KiB 100 % (kpageflags)');
    expect(below('y')).toBe('  folios unknown');
    expect(shown.join('\n')).not.toContain('FOLIOS');
  });

  it('says unknown, never 0 %, and sums up the reasons', () => {
    const lines = renderResidency(PLAIN, report([unknown('/m/x'), unknown('/m/y')]));
    expect(lines.join('\n')).not.toContain('%');
    expect(lines.slice(-2)).toEqual(['unknown for 2 files: It may not be asked.', '    do: Ask nicely.']);
  });

  it.each([120, 80, 60, 40, 20])('fits %d columns', (columns) => {
    const terminal = { ...PLAIN, isTTY: true, columns, unicode: true };
    const files = ['model-00001-of-00002', 'model-00002-of-00002'].map((name) =>
      known(
        `/m/${name}`,
        4096 * 64,
        Array.from({ length: 64 }, (_, page) => page % 2),
      ),
    );
    for (const line of renderResidency(terminal, report([...files, unknown('/m/z')])))
      expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });
});

describe('renderTotal', () => {
  it('counts in words', () => {
    expect(renderTotal(report([known('/m/x', 8192, [1, 0])]))).toBe(
      '1 file, 8.00 KiB, 4.00 KiB resident, 50.0 %',
    );
    expect(renderTotal(report([]))).toBe('0 files, 0 B, 0 B resident, empty');
    expect(renderTotal(report([unknown('/m/x')]))).toBe('1 file, 5 B, 0 B resident, unknown');
  });
});
