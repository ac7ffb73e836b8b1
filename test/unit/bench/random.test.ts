import { expect, it } from 'vitest';
import { createRandom, shuffled } from '../../../bench/random.ts';

const items = Array.from({ length: 20 }, (_, index) => index);

it('gives the same order for the same seed, and another for another', () => {
  expect(shuffled(items, createRandom(1))).toEqual(shuffled(items, createRandom(1)));
  expect(shuffled(items, createRandom(1))).not.toEqual(shuffled(items, createRandom(2)));
});

it('keeps every item once', () => {
  expect([...shuffled(items, createRandom(7))].sort((a, b) => a - b)).toEqual(items);
});

it('puts each item first about as often', () => {
  const random = createRandom(3);
  const counts = [0, 0, 0, 0];
  for (let time = 0; time < 4000; time += 1) {
    const [first = 0] = shuffled([0, 1, 2, 3], random);
    counts[first] = (counts[first] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
});
