import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHARACTER,
  layLegend,
  legendText,
  MARK,
  shortened,
} from '../../../scripts/grafana/pictures/legend.ts';

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
  it('has its names in columns, and says how many it has no room for', () => {
    const names = Array.from({ length: 9 }, (_, at) => `a series ${at}`);
    const { entries, rows } = layLegend(names, 220, 3);
    expect(rows).toBe(3);
    expect(entries.map(({ row, index }) => [row, index])).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3],
      [2, 4],
      [2, null],
    ]);
    expect(entries.at(-1)?.text).toBe('and 4 more');
    expect(layLegend(names, 2000, 3)).toMatchObject({ rows: 1, entries: { length: 9 } });
    expect(layLegend([], 200, 3)).toEqual({ rows: 0, entries: [] });
  });

  it('never lays one entry on another, and loses none silently', () => {
    const name = fc.string({ minLength: 1, maxLength: 90, size: 'max' });
    const names = fc.array(name, { maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(names, fc.integer({ min: 150, max: 1000 }), (all, width) => {
        const { entries, rows } = layLegend(all, width, 4);
        const named = entries.filter(({ index }) => index !== null);
        const rest = Number(
          /^and (\d+) more$/.exec(entries.find(({ index }) => index === null)?.text ?? '')?.[1] ?? 0,
        );
        expect(named.length + rest).toBe(all.length);
        expect(rows).toBeLessThanOrEqual(4);
        const ends = new Map<number, number>();
        for (const { x, row, text } of entries) {
          expect(row).toBeLessThan(rows);
          expect(x).toBeGreaterThanOrEqual(ends.get(row) ?? 0);
          ends.set(row, x + MARK + text.length * CHARACTER);
          expect(ends.get(row)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
