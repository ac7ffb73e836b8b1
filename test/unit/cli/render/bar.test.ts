import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderBar } from '../../../../lib/cli/render/bar.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';

const UNICODE = { ...PLAIN, unicode: true };

it.each([
  [0, '', ''],
  [Number.NaN, '', ''],
  [1e-9, '#', '▏'],
  [0.5, '####', '████'],
  [0.5625, '#####', '████▌'],
  [1, '########', '████████'],
  [1.5, '########', '████████'],
])('a share of %d in eight cells', (share, ascii, blocks) => {
  expect(renderBar(PLAIN, share, 8)).toBe(ascii);
  expect(renderBar(UNICODE, share, 8)).toBe(blocks);
});

it('never is wider than its cells, and never shorter for more', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2 }),
      fc.double({ min: 0, max: 2 }),
      fc.integer({ min: 1, max: 60 }),
      (a, b, cells) => {
        const [less, more] = [a, b]
          .sort((x, y) => x - y)
          .map((share) => renderBar(PLAIN, share, cells).length);
        expect(more).toBeLessThanOrEqual(cells);
        expect(less).toBeLessThanOrEqual(more ?? 0);
      },
    ),
  );
});
