import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stretchesOf, toLine } from '../../../../lib/launch/beside/line.ts';
import { consumed, nextSlice, type SliceRequest } from '../../../../lib/launch/beside/next-slice.ts';
import type { Reader } from '../../../../lib/launch/beside/position.ts';
import { intersectRuns, lengthOfRuns, subtractRuns } from '../../../../lib/residency/runs.ts';

const MIB = 1024 * 1024;
const line = toLine([100 * MIB, 1000 * MIB, 1000 * MIB]);
const NOBODY: Reader = { files: [], heads: [], bytes: 0 };
const runs = (...mib: number[]): Float64Array => Float64Array.from(mib.map((value) => value * MIB));
const inMib = (list: Float64Array): number[] => [...list].map((bytes) => bytes / MIB);

const slice = (request: Partial<SliceRequest>): number[] =>
  inMib(
    nextSlice({
      line,
      todo: runs(0, 2100),
      reader: NOBODY,
      leadBytes: 32 * MIB,
      bytes: 500 * MIB,
      reachBytes: null,
      ...request,
    }),
  );

const at = (file: number, head: number): Reader => ({ files: [file], heads: [head * MIB], bytes: MIB });

describe('the next slice', () => {
  it('goes through the set from the beginning while nobody reads', () => {
    expect(slice({})).toEqual([0, 500]);
    expect(slice({ todo: runs(300, 10, 400, 900) })).toEqual([300, 10, 400, 490]);
  });

  it('begins far enough in front of the loader', () => {
    expect(slice({ reader: at(1, 300) })).toEqual([332, 500]);
  });

  it('takes what the loader left out only when nothing is in front of it any more', () => {
    expect(slice({ reader: at(1, 300), todo: runs(0, 100, 150, 100, 340, 10) })).toEqual([340, 10]);
    expect(slice({ reader: at(1, 300), todo: runs(0, 100, 150, 100) })).toEqual([0, 100]);
  });

  it('begins with the file that is mapped where nobody knows the place in it', () => {
    expect(slice({ reader: { files: [2], heads: [], bytes: 0 } })).toEqual([1100, 500]);
  });

  it('only goes so far in front of the loader where that is asked, and waits for it otherwise', () => {
    expect(slice({ reader: at(1, 300), reachBytes: 64 * MIB })).toEqual([332, 64]);
    expect(slice({ reachBytes: 64 * MIB })).toEqual([]);
  });

  it('is of what is to be done, in front of every head, and no longer than asked', () => {
    const anyRuns = fc
      .uniqueArray(fc.nat({ max: 1049 }), { maxLength: 40 })
      .map((windows) =>
        Float64Array.from(windows.sort((a, b) => a - b).flatMap((window) => [window * 2 * MIB, MIB])),
      );
    const anyReader = fc.uniqueArray(fc.integer({ min: 1, max: 2100 }), { maxLength: 3 }).map(
      (heads): Reader => ({
        files: [1],
        heads: heads.map((head) => head * MIB).sort((a, b) => a - b),
        bytes: 1,
      }),
    );
    fc.assert(
      fc.property(anyRuns, anyReader, fc.integer({ min: 2, max: 900 }), (todo, reader, mib) => {
        const found = nextSlice({
          line,
          todo,
          reader,
          leadBytes: 32 * MIB,
          bytes: mib * MIB,
          reachBytes: null,
        });
        expect(lengthOfRuns(subtractRuns(found, todo))).toBe(0);
        expect(lengthOfRuns(found)).toBeLessThanOrEqual(mib * MIB);
        for (const head of reader.heads) {
          const behind = Float64Array.of(head - 1, 1 + 32 * MIB);
          expect(lengthOfRuns(intersectRuns(found, behind))).toBe(0);
        }
      }),
      { seed: 4 },
    );
  });
});

describe('what the loader is done with', () => {
  it('is what lies behind it in its file, in whole huge pages, and files that it let go', () => {
    expect(inMib(consumed(line, at(1, 305), [0], 8 * MIB))).toEqual([0, 296]);
    expect(inMib(consumed(line, at(1, 305), [], 8 * MIB))).toEqual([100, 196]);
  });

  it('is nothing where it has just begun, or where nobody knows', () => {
    expect(stretchesOf(consumed(line, at(1, 104), [], 8 * MIB))).toEqual([]);
    expect(stretchesOf(consumed(line, { files: [1], heads: [], bytes: 0 }, [], 8 * MIB))).toEqual([]);
  });
});
