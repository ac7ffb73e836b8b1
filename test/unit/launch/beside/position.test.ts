import { describe, expect, it } from 'vitest';
import { toLine } from '../../../../lib/launch/beside/line.ts';
import { locate } from '../../../../lib/launch/beside/position.ts';

const MIB = 1024 * 1024;
const line = toLine([100 * MIB, 1000 * MIB, 1000 * MIB]);
const NOTHING = new Float64Array();
const runs = (...mib: number[]): Float64Array => Float64Array.from(mib.map((value) => value * MIB));

describe('where the loader is', () => {
  it('nowhere while nothing came in and nobody has a file', () => {
    expect(locate(line, NOTHING, [])).toEqual({ files: [], heads: [], bytes: 0 });
  });

  it('in a file that it has, without a place, where it maps it or has not read yet', () => {
    const sightings = [
      { file: 2, position: null },
      { file: 1, position: 0 },
    ];
    expect(locate(line, NOTHING, sightings)).toEqual({ files: [1, 2], heads: [], bytes: 0 });
  });

  it('at the end of what came in without us, front to back, holes of read-ahead allowed', () => {
    expect(locate(line, runs(100, 30, 140, 20), [])).toEqual({
      files: [1],
      heads: [160 * MIB],
      bytes: 50 * MIB,
    });
  });

  it('here and there leads nowhere, but the file is known', () => {
    const scattered = runs(100, 2, 400, 2, 700, 2, 1000, 2);
    expect(locate(line, scattered, [])).toEqual({ files: [1], heads: [], bytes: 8 * MIB });
  });

  it('in each of the files that come in at once', () => {
    expect(locate(line, runs(100, 40, 1100, 60), []).heads).toEqual([140 * MIB, 1160 * MIB]);
  });

  it('where its descriptor stands, if that is further than what came in, and never behind the file', () => {
    const at = (position: number) => locate(line, runs(100, 40), [{ file: 1, position: position * MIB }]);
    expect(at(500).heads).toEqual([600 * MIB]);
    expect(at(10).heads).toEqual([140 * MIB]);
    expect(at(5000).heads).toEqual([1100 * MIB]);
  });
});
