import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roomFor, WINDOW_BYTES, windowEnd } from '../../../../lib/storage/mirror/windows.ts';

const SIZE = fc.integer({ min: 1, max: 50 * WINDOW_BYTES });

test('windows cover a file from wherever it is begun, once, aligned, in bounded pieces', () => {
  fc.assert(
    fc.property(SIZE, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (size, from) => {
      let offset = Math.floor(size * from);
      while (offset < size) {
        const end = windowEnd(offset, size);
        expect(end).toBeGreaterThan(offset);
        expect(end - offset).toBeLessThanOrEqual(WINDOW_BYTES);
        expect(end === size || end % WINDOW_BYTES === 0).toBe(true);
        offset = end;
      }
      expect(offset).toBe(size);
    }),
  );
});

test('room is never more than what is free but for the reserve, nor than the budget leaves', () => {
  const bytes = fc.integer({ min: 0, max: 2 ** 50 });
  const share = fc.double({ min: 0, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(bytes, bytes, share, fc.option(bytes), bytes, (total, free, keep, most, taken) => {
      const available = Math.min(total, free);
      const room = roomFor({ total, available }, keep, most, taken);
      expect(room.bytes).toBeGreaterThanOrEqual(0);
      expect(room.bytes).toBeLessThanOrEqual(Math.max(0, available - total * keep));
      if (most !== null) expect(room.bytes).toBeLessThanOrEqual(Math.max(0, most - taken));
    }),
  );
});

test('which limit binds', () => {
  const space = { total: 1000, available: 500 };
  expect(roomFor(space, 0.1, null, 0)).toEqual({ bytes: 400, by: 'no-room' });
  expect(roomFor(space, 0.1, 300, 100)).toEqual({ bytes: 200, by: 'budget' });
  expect(roomFor(space, 0.1, 300, 400)).toEqual({ bytes: 0, by: 'budget' });
  expect(roomFor(space, 0.9, 300, 100)).toEqual({ bytes: 0, by: 'no-room' });
});
