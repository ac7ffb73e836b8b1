import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipRuns,
  fileAt,
  rangeOf,
  stretchesOf,
  takeRuns,
  toFiles,
  toLine,
  toRuns,
  uniteRuns,
  widenRuns,
} from '../../../../lib/launch/beside/line.ts';
import { lengthOfRuns } from '../../../../lib/residency/runs.ts';

const sizes = fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 8 });
const runs = fc
  .array(fc.record({ from: fc.nat({ max: 300 }), length: fc.nat({ max: 40 }) }), { maxLength: 10 })
  .map((list) => toRuns(list.map(({ from, length }) => ({ from, to: from + length }))));

const bytesOf = (list: Float64Array): number[] =>
  stretchesOf(list).flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at));

describe('the line of a set', () => {
  it('has files one behind the other, empty ones without a place', () => {
    const line = toLine([5, 0, 7]);
    expect(line).toEqual({ starts: [0, 5, 5], sizes: [5, 0, 7], length: 12 });
    expect([0, 4, 5, 11].map((place) => fileAt(line, place))).toEqual([0, 0, 2, 2]);
    expect(rangeOf(line, 2)).toEqual({ from: 5, to: 12 });
  });

  it('leads back to files: each byte once, in order, inside its file', () => {
    fc.assert(
      fc.property(sizes, runs, (all, wanted) => {
        const line = toLine(all);
        const inside = clipRuns(wanted, 0, line.length);
        const back = toFiles(line, inside).flatMap(({ file, offset, length }) => {
          expect(offset + length).toBeLessThanOrEqual(all[file] ?? 0);
          return Array.from({ length }, (_, at) => (line.starts[file] ?? 0) + offset + at);
        });
        expect(back).toEqual(bytesOf(inside));
      }),
      { seed: 1 },
    );
  });

  it('leaves out what lies behind its end', () => {
    expect(toFiles(toLine([5]), Float64Array.of(3, 10))).toEqual([{ file: 0, offset: 3, length: 2 }]);
  });
});

describe('runs of the line', () => {
  it('take the first bytes, and no more than there are', () => {
    fc.assert(
      fc.property(runs, fc.nat({ max: 200 }), (list, bytes) => {
        expect(bytesOf(takeRuns(list, bytes))).toEqual(bytesOf(list).slice(0, bytes));
      }),
      { seed: 2 },
    );
  });

  it('unite and widen as sets of bytes do', () => {
    fc.assert(
      fc.property(runs, runs, fc.nat({ max: 9 }), (a, b, by) => {
        expect(bytesOf(uniteRuns(a, b))).toEqual(
          [...new Set([...bytesOf(a), ...bytesOf(b)])].sort((x, y) => x - y),
        );
        const wide = widenRuns(a, by, by);
        expect(lengthOfRuns(wide)).toBeGreaterThanOrEqual(lengthOfRuns(a));
        expect(bytesOf(wide)).toEqual(bytesOf(uniteRuns(wide, a)));
      }),
      { seed: 3 },
    );
  });
});
