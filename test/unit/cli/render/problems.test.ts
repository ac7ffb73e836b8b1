import { describe, expect, it } from 'vitest';
import { renderProblems } from '../../../../lib/cli/render/problems.ts';
import { PLAIN, type Terminal } from '../../../../lib/cli/render/terminal.ts';
import { displayWidth } from '../../../../lib/cli/render/width.ts';
import type { Problem } from '../../../../lib/config/index.ts';

const at = (line: number, column: number): Problem => ({
  file: 'w.yaml',
  line,
  column,
  variable: null,
  path: 'share',
  message: 'is odd',
  remedy: null,
});

/** What stands above the caret. */
function pointedAt(lines: readonly string[]): string {
  const caret = lines.findIndex((line) => /^ +\| +\^$/.test(line));
  const column = lines[caret]?.indexOf('^') ?? -1;
  return lines[caret - 1]?.slice(column) ?? '';
}

describe('renderProblems', () => {
  it('shows the line with a caret, and what to do', () => {
    const problem = { ...at(2, 8), remedy: 'write less' };
    expect(renderProblems(PLAIN, 'a: 1\nshare: 9\n', 'problem', [problem])).toEqual([
      'problem w.yaml:2:8: share: is odd',
      '      2 | share: 9',
      '        |        ^',
      '     do: write less',
    ]);
  });

  it('has no excerpt where there is no line', () => {
    const nowhere = { ...at(1, 1), file: null, line: null, column: null, variable: 'WARMSET_SHARE' };
    expect(renderProblems(PLAIN, null, 'warning', [nowhere])).toEqual([
      'warning WARMSET_SHARE, share: is odd',
    ]);
    expect(renderProblems(PLAIN, 'a', 'problem', [at(7, 1)])).toEqual(['problem w.yaml:7:1: share: is odd']);
  });

  it.each([
    ['share: 9', 8],
    ['\tshare: 9', 9],
    ['"\x1b[2J日本": 9', 11],
    [`${'a: '.repeat(200)}9`, 601],
    [`a: 9${'b'.repeat(500)}`, 4],
    ['a: 9\r', 4],
  ])('points at the column in %j', (line, column) => {
    for (const terminal of [PLAIN, { ...PLAIN, isTTY: true, columns: 80 } satisfies Terminal]) {
      const lines = renderProblems(terminal, line, 'problem', [at(1, column)]);
      const [above = '', below = ''] = lines.slice(-2);
      const before = displayWidth(below) - 1;
      const upTo = [...above].findIndex(
        (_char, index, all) => displayWidth(all.slice(0, index).join('')) === before,
      );
      expect([...above].slice(upTo).join('')).toMatch(/^9/);
      for (const shown of lines) {
        expect(shown).toMatch(/^\P{Cc}*$/u);
        expect(displayWidth(shown)).toBeLessThanOrEqual(terminal.columns ?? 130);
      }
    }
  });

  it('names a few and counts the rest', () => {
    const lines = renderProblems(
      PLAIN,
      null,
      'problem',
      Array.from({ length: 30 }, (_, index) => at(index + 1, 1)),
    );
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 10 more; --json lists them');
  });

  it('points past the end of a line', () => {
    expect(pointedAt(renderProblems(PLAIN, 'abc', 'problem', [at(1, 4)]))).toBe('');
  });
});
