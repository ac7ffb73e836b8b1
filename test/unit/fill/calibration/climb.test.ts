import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStreams, settle, type Trial } from '../../../../lib/fill/calibration/climb.ts';

const trial = (streams: number, bytesPerSecond: number): Trial => ({ streams, bytesPerSecond });

describe('climbing to more streams', () => {
  it('begins with the usual number and doubles it for as long as that is worth it', () => {
    expect(nextStreams([], 4)).toBe(4);
    expect(nextStreams([trial(4, 100)], 4)).toBe(8);
    expect(nextStreams([trial(4, 100), trial(8, 180)], 4)).toBe(16);
    expect(nextStreams([trial(4, 100), trial(8, 109)], 4)).toBeNull();
    expect(nextStreams([trial(4, 100), trial(8, 111)], 4)).toBe(16);
  });

  it('settles on the fewest than which more weren’t worth it', () => {
    expect(settle([])).toBeNull();
    expect(settle([trial(4, 100), trial(8, 109)])).toBe(4);
    expect(settle([trial(4, 100), trial(8, 180), trial(16, 190)])).toBe(8);
    expect(settle([trial(2, 100), trial(4, 50)])).toBe(2);
  });

  it('ends on every device, with a number that was tried', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.func(fc.double({ min: 1, max: 1e11, noNaN: true })),
        (usual, rateOf) => {
          const trials: Trial[] = [];
          for (let next = nextStreams(trials, usual); next !== null; next = nextStreams(trials, usual)) {
            trials.push(trial(next, rateOf(next)));
            expect(trials.length).toBeLessThan(8);
          }
          expect(trials.map(({ streams }) => streams)).toContain(settle(trials));
        },
      ),
    );
  });
});
