import { expect, test } from 'vitest';
import { WriteWatch } from '../../../../lib/storage/mirror/write-watch.ts';

const WINDOW = 8 << 20;

function watch(...milliseconds: readonly number[]): number[] {
  const writes = new WriteWatch();
  return milliseconds.map((ms) => writes.observe(ms, WINDOW));
}

test('an even device is never waited for', () => {
  expect(watch(...Array.from({ length: 20 }, (_, index) => 30 + (index % 3)))).toEqual(Array(20).fill(0));
});

test('one that becomes slow is left to others for longer than it is used, and not any more when that is over', () => {
  const waits = watch(30, 30, 30, 30, 30, 300, 300, 300, 30, 30, 30);
  expect(waits.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(waits[7]).toBeGreaterThan(300);
  expect(waits.at(-1)).toBe(0);
});

test('jitter of a fast device is no harm, and no wait is endless', () => {
  expect(watch(1, 1, 1, 1, 1, 9, 9, 9).every((ms) => ms === 0)).toBe(true);
  expect(Math.max(...watch(30, 30, 30, 30, 30, 1e6, 1e6, 1e6))).toBe(5000);
});

test('windows are compared by what a MiB of them takes', () => {
  const writes = new WriteWatch();
  for (let index = 0; index < 5; index += 1) writes.observe(30, WINDOW);
  expect([1, 2, 3].map(() => writes.observe(30, WINDOW / 8))).toEqual([
    0,
    expect.any(Number),
    expect.any(Number),
  ]);
  expect(writes.observe(5, 0)).toBe(0);
});
