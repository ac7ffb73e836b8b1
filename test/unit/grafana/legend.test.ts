import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHARACTER, layLegend, legendText, shortened } from '../../../scripts/grafana/pictures/legend.ts';

describe('the text of a legend', () => {
  it('has the labels of its series, and nothing for those that it lacks', () => {
    const labels = { instance: 'gpu-1:9464', set: 'qwen' };
    expect(legendText('{{instance}} {{set}} p95', labels)).toBe('gpu-1:9464 qwen p95');
    expect(legendText('{{ server }} {{instance}}', labels)).toBe('gpu-1:9464');
  });

  it('loses the beginning of a path, or the middle of anything else', () => {
    expect(shortened('short', 20)).toBe('short');
    expect(shortened('gpu-1 /models/org/qwen/model.gguf', 26)).toBe('gpu-1 …/qwen/model.gguf');
    expect(shortened('abcdefghijklmnopqrstuvwxyz', 9)).toBe('abcd…wxyz');
    // Not even the last name fits.
    expect(shortened('/a/abcdefghijklmnopqrstuvwxyz', 9)).toBe('/a/a…wxyz');
  });

  it('is never longer than asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 3, max: 60 }), (text, most) => {
        expect(shortened(text, most).length).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('a legend', () => {
  it('breaks its lines, and says how many it has no room for', () => {
    const names = Array.from({ length: 9 }, (_, at) => `a series ${at}`);
    const legend = layLegend(names, 220, 3);
    expect(legend.entries.map(({ row }) => row)).toEqual([0, 0, 1, 1, 2]);
    expect(legend).toMatchObject({ rows: 3, left: 4, leftAt: { row: 2 } });
    expect(layLegend(names, 2000, 3)).toMatchObject({ rows: 1, left: 0 });
    expect(layLegend([], 200, 3)).toMatchObject({ rows: 0, left: 0 });
  });

  it('never lays one entry on another, and loses none', () => {
    const name = fc.string({ minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), fc.integer({ min: 250, max: 1000 }), (names, width) => {
        const { entries, left, rows, leftAt } = layLegend(names, width, 4);
        expect(entries.length + left).toBe(names.length);
        expect(rows).toBeLessThanOrEqual(4);
        const ends = new Map<number, number>();
        for (const { x, row, text } of entries) {
          expect(x).toBeGreaterThanOrEqual(ends.get(row) ?? 0);
          ends.set(row, x + 16 + text.length * CHARACTER);
          expect(ends.get(row)).toBeLessThanOrEqual(width);
        }
        if (left > 0) expect(leftAt.x + 80).toBeLessThanOrEqual(width);
      }),
    );
  });
});
