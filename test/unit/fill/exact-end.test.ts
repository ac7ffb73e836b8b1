import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitEnd, toPasses } from '../../../lib/fill/exact-end.ts';
import { type FillExtent, packExtents, unpackExtents } from '../../../lib/fill/extents.ts';
import type { EngineChoice, PlannedFile } from '../../../lib/fill/types.ts';

const MIB = 1 << 20;
const CHOICE: EngineChoice = {
  engine: 'populate',
  streams: 2,
  windowBytes: 2 * MIB,
  smallBytes: 0,
  touch: false,
  calibrate: false,
  why: 'a test',
};

function planned(
  path: string,
  asked: number,
  toRead: number,
  alreadyResident: number | null = 0,
): PlannedFile {
  const extents = toRead > 0 ? [{ offset: 0, length: toRead, missing: toRead }] : [];
  const file = { path, dev: 1n, ino: 1n, size: asked };
  const source = 'cachestat';
  return { file, size: asked, asked, alreadyResident, source, toRead, extents: packExtents(extents) };
}

describe('the end before a cut', () => {
  it('needs no pass of its own where nothing is cut', () => {
    const files = [planned('a', 8 * MIB, 8 * MIB), planned('b', 8 * MIB, 4 * MIB, 4 * MIB)];
    expect(toPasses(files, CHOICE)).toEqual([{ files, choice: CHOICE }]);
  });

  it('needs none with the engine that reads nothing ahead', () => {
    const choice: EngineChoice = { ...CHOICE, engine: 'willneed' };
    const files = [planned('a', 8 * MIB, 4 * MIB)];
    expect(toPasses(files, choice)).toEqual([{ files, choice }]);
  });

  it('is read exactly, and before the rest of its file, which the read-ahead would mark', () => {
    const [whole, cut] = [planned('a', 8 * MIB, 8 * MIB), planned('b', 500 * MIB, 200 * MIB + 4096)];
    const passes = toPasses([whole, cut], CHOICE);
    expect(passes.map(({ choice, files }) => [choice.engine, files.map(({ file }) => file.path)])).toEqual([
      ['populate', ['a']],
      ['willneed', ['b']],
      ['populate', ['b']],
    ]);
    const [, end, bulk] = passes.map(({ files }) => unpackExtents(files[0]?.extents ?? []));
    expect(bulk).toEqual([{ offset: 0, length: 136 * MIB, missing: 136 * MIB }]);
    expect(end).toEqual([{ offset: 136 * MIB, length: 64 * MIB + 4096, missing: 64 * MIB + 4096 }]);
  });

  it('is the whole of a short cut', () => {
    const passes = toPasses([planned('a', 8 * MIB, 4096)], CHOICE);
    expect(passes.map(({ choice }) => choice.engine)).toEqual(['willneed']);
  });

  it('counts a file of unknown residency as cut when it is not read whole', () => {
    expect(toPasses([planned('a', 8 * MIB, 8 * MIB, null)], CHOICE)).toHaveLength(1);
    expect(toPasses([planned('a', 8 * MIB, MIB, null)], CHOICE)[0]?.choice.engine).toBe('willneed');
  });
});

describe('splitting', () => {
  const extents = fc
    .array(fc.record({ length: fc.integer({ min: 1, max: 200 }), half: fc.boolean() }))
    .map((parts): FillExtent[] => {
      let offset = 0;
      return parts.map(({ length, half }) => {
        const extent = { offset, length: length * 4096, missing: half ? 4096 : length * 4096 };
        offset += extent.length + 4096;
        return extent;
      });
    });
  const sum = (parts: readonly FillExtent[], of: 'length' | 'missing') =>
    parts.reduce((total, part) => total + part[of], 0);

  it('loses nothing, keeps the order, and gives the end its length', () => {
    fc.assert(
      fc.property(extents, fc.integer({ min: 0, max: 400 }), (parts, pages) => {
        const bytes = pages * 4096;
        const { bulk, end } = splitEnd(parts, bytes, 8192);
        const all = [...bulk, ...end];
        expect([sum(all, 'length'), sum(all, 'missing')]).toEqual([
          sum(parts, 'length'),
          sum(parts, 'missing'),
        ]);
        expect(sum(end, 'length')).toBeGreaterThanOrEqual(Math.min(bytes, sum(parts, 'length')));
        for (const [index, { offset }] of all.entries()) {
          expect(offset).toBeGreaterThanOrEqual(
            index === 0 ? 0 : (all[index - 1]?.offset ?? 0) + (all[index - 1]?.length ?? 0),
          );
        }
      }),
    );
  });

  it('leaves a half-missing extent in one piece', () => {
    const half = { offset: 0, length: 100 * 4096, missing: 4096 };
    expect(splitEnd([half], 4096, 4096)).toEqual({ bulk: [], end: [half] });
  });
});
