import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPasses } from '../../../lib/fill/exact-end.ts';
import { splitPart } from '../../../lib/fill/exact-parts.ts';
import { packExtents, unpackExtents } from '../../../lib/fill/extents.ts';
import type { EngineChoice, PlannedFile } from '../../../lib/fill/types.ts';

const MIB = 1 << 20;
const SIZE = 1000 * MIB;
const CHOICE: EngineChoice = {
  engine: 'populate',
  streams: 2,
  windowBytes: 2 * MIB,
  smallBytes: 0,
  touch: false,
  calibrate: false,
  why: '',
};

function planned(path: string, parts: readonly (readonly [number, number])[]): PlannedFile {
  const extents = parts.map(([offset, length]) => ({ offset, length, missing: length }));
  const toRead = extents.reduce((sum, { length }) => sum + length, 0);
  return {
    file: { path, dev: 1n, ino: 1n, size: SIZE },
    size: SIZE,
    asked: toRead,
    alreadyResident: 0,
    source: 'cachestat',
    toRead,
    extents: packExtents(extents),
    selected: { ranges: Float64Array.from(parts.flat()), residentOutside: 0 },
  };
}

describe('a part', () => {
  it('is split into edges and what lies far from them, in its order and without a gap', () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: SIZE - 1 }), fc.integer({ min: 1, max: SIZE }))
      .map(([offset, length]) => ({ offset, length: Math.min(length, SIZE - offset) }));
    fc.assert(
      fc.property(range, ({ offset, length }) => {
        const { edges, bulk } = splitPart({ offset, length, missing: length }, SIZE);
        const all = [...edges, ...bulk].sort((a, b) => a.offset - b.offset);
        let at = offset;
        for (const part of all) {
          expect([part.offset, part.missing]).toEqual([at, part.length]);
          expect(part.length).toBeGreaterThan(0);
          at += part.length;
        }
        expect(at).toBe(offset + length);
        for (const part of bulk) {
          if (offset > 0) expect(part.offset - offset).toBeGreaterThanOrEqual(8 * MIB);
          const end = part.offset + part.length;
          if (offset + length < SIZE) expect(offset + length - end).toBeGreaterThanOrEqual(64 * MIB);
        }
      }),
    );
  });

  it('from the beginning of a file to its end has no edges', () => {
    expect(splitPart({ offset: 0, length: SIZE, missing: SIZE }, SIZE).edges).toEqual([]);
  });
});

describe('passes of selected parts', () => {
  it('read short parts and edges exactly and first, the rest as chosen', () => {
    const whole = planned('whole', [[0, SIZE]]);
    const short = planned('short', [
      [MIB, MIB],
      [9 * MIB, MIB],
    ]);
    const long = planned('long', [[100 * MIB, 400 * MIB]]);
    const passes = toPasses([whole, short, long], CHOICE);
    expect(passes.map(({ choice, files }) => [choice.engine, files.map(({ file }) => file.path)])).toEqual([
      ['willneed', ['short', 'long']],
      ['populate', ['whole', 'long']],
    ]);
    const [exact, bulk] = passes.map(({ files }) => unpackExtents(files[1]?.extents ?? []));
    expect(exact?.map(({ offset, length }) => [offset / MIB, length / MIB])).toEqual([
      [100, 8],
      [436, 64],
    ]);
    expect(bulk?.map(({ offset, length }) => [offset / MIB, length / MIB])).toEqual([[108, 328]]);
  });

  it('are one where the engine is exact by itself', () => {
    const choice: EngineChoice = { ...CHOICE, engine: 'willneed' };
    const files = [planned('short', [[MIB, MIB]])];
    expect(toPasses(files, choice)).toEqual([{ files, choice }]);
  });
});
