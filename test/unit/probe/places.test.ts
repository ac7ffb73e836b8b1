import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pickPlaces } from '../../../lib/probe/places.ts';

const BLOCK = 4096;
const sizes = fc.array(fc.nat(40 * BLOCK), { maxLength: 20 });
const seed = fc.nat(2 ** 32 - 1);

test('places are different blocks of the files, as many as there are', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 300 }), seed, (files, count, start) => {
      const places = pickPlaces(files, { count, blockBytes: BLOCK, seed: start });
      const blocks = files.reduce((sum, size) => sum + Math.ceil(size / BLOCK), 0);
      expect(places.length).toBe(Math.min(count, blocks));
      expect(new Set(places.map(({ file, offset }) => `${file}:${offset}`)).size).toBe(places.length);
      for (const { file, offset } of places) {
        expect(offset % BLOCK).toBe(0);
        expect(offset).toBeLessThan(files[file] ?? 0);
      }
    }),
  );
});

test('the seed decides, and nothing else', () => {
  const pick = (start: number) => pickPlaces([2 ** 40], { count: 50, blockBytes: BLOCK, seed: start });
  expect(pick(7)).toEqual(pick(7));
  expect(pick(7)).not.toEqual(pick(8));
});

test('each block is as likely as any other, at the ends too', () => {
  const counts = new Map<string, number>();
  for (let start = 0; start < 4000; start++) {
    for (const { file, offset } of pickPlaces([2 * BLOCK, 0, 5 * BLOCK + 1], {
      count: 2,
      blockBytes: BLOCK,
      seed: start,
    })) {
      counts.set(`${file}:${offset / BLOCK}`, (counts.get(`${file}:${offset / BLOCK}`) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(8);
  // 1000 each; five standard deviations are about 140.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(140);
});

test('places lie all over a set that is larger than 32 bits of blocks', () => {
  const size = 2 ** 52;
  const offsets = pickPlaces([size], { count: 1000, blockBytes: BLOCK, seed: 1 }).map(({ offset }) => offset);
  for (let eighth = 0; eighth < 8; eighth++) {
    expect(offsets.some((offset) => Math.floor((offset / size) * 8) === eighth)).toBe(true);
  }
  expect(offsets.some((offset) => (offset / BLOCK) % 2 === 1)).toBe(true);
});
