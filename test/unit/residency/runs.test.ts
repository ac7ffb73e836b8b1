import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  intersectRuns,
  joinRuns,
  lengthOfRuns,
  runsOfFlags,
  subtractRuns,
  toByteRuns,
} from '../../../lib/residency/runs.ts';

const PAGES = 48;
const flags = fc.array(fc.boolean(), { minLength: PAGES, maxLength: PAGES });
const toRuns = (set: readonly boolean[]) => runsOfFlags(Uint32Array.from(set, Number));

function toFlags(runs: Float64Array): boolean[] {
  const set = new Array<boolean>(PAGES).fill(false);
  for (let index = 0; index < runs.length; index += 2) {
    const [start = 0, count = 0] = runs.subarray(index, index + 2);
    set.fill(true, start, start + count);
  }
  return set;
}

/** Ascending, not empty, never touching. */
function expectRuns(runs: Float64Array): void {
  let end = -1;
  for (let index = 0; index < runs.length; index += 2) {
    const [start = 0, count = 0] = runs.subarray(index, index + 2);
    expect(start).toBeGreaterThan(end);
    expect(count).toBeGreaterThan(0);
    end = start + count;
  }
}

describe('runs', () => {
  it('of flags have every flag, in as few runs as can be', () => {
    fc.assert(
      fc.property(flags, (set) => {
        expectRuns(toRuns(set));
        expect(toFlags(toRuns(set))).toEqual(set);
        expect(lengthOfRuns(toRuns(set))).toBe(set.filter(Boolean).length);
      }),
    );
  });

  it('are cut and taken away as sets are', () => {
    fc.assert(
      fc.property(flags, flags, (a, b) => {
        const common = intersectRuns(toRuns(a), toRuns(b));
        const left = subtractRuns(toRuns(a), toRuns(b));
        for (const runs of [common, left]) expectRuns(runs);
        expect(toFlags(common)).toEqual(a.map((flag, page) => flag && b[page]));
        expect(toFlags(left)).toEqual(a.map((flag, page) => flag && !b[page]));
      }),
    );
  });

  it('of parts of a file are joined where one goes on in the next', () => {
    fc.assert(
      fc.property(flags, fc.integer({ min: 0, max: PAGES }), (set, cut) => {
        const head = set.map((flag, page) => flag && page < cut);
        const tail = set.map((flag, page) => flag && page >= cut);
        expect(joinRuns([toRuns(head), toRuns(tail)])).toEqual(toRuns(set));
      }),
    );
  });

  it('of pages are bytes, and of the last page what the file has of it', () => {
    expect([...toByteRuns(Float64Array.of(0, 1, 3, 2), 4 * 4096 + 7, 4096)]).toEqual([0, 4096, 12288, 4103]);
    expect([...toByteRuns(Float64Array.of(5, 2), 4096, 4096)]).toEqual([]);
  });
});
