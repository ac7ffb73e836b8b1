import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mapOfParts } from '../../../lib/residency/parts.ts';
import { runsOfFlags } from '../../../lib/residency/runs.ts';
import { bytesWithin } from '../../../lib/residency/tensors.ts';

const PAGES = 40;
const flags = fc.array(fc.boolean(), { minLength: PAGES, maxLength: PAGES });
const runs = (set: readonly boolean[]) => runsOfFlags(Uint32Array.from(set, Number));

it('a map of parts has their pages one behind the other', () => {
  fc.assert(
    fc.property(
      flags,
      flags,
      fc.option(flags),
      fc.integer({ min: 1, max: 50 }),
      (wanted, resident, data, most) => {
        const pages = { resident: runs(resident), data: data && runs(data) };
        const map = mapOfParts(runs(wanted), pages, most, 4096);
        const mine = wanted.flatMap((is, page) => (is ? [page] : []));
        const pagesAWindow = map.windowBytes / 4096;
        const windows = Math.ceil(mine.length / pagesAWindow);
        expect(windows).toBeLessThanOrEqual(most);
        const count = (of: readonly boolean[]) =>
          Array.from(
            { length: windows },
            (_, window) =>
              mine.slice(window * pagesAWindow, (window + 1) * pagesAWindow).filter((page) => of[page])
                .length,
          );
        expect([...map.residentPages]).toEqual(count(resident));
        expect(map.dataPages && [...map.dataPages]).toEqual(data ? count(data) : undefined);
      },
    ),
  );
});

it('bytes within runs are those that both have', () => {
  fc.assert(
    fc.property(flags, fc.nat(PAGES + 5), fc.nat(PAGES + 5), (set, offset, length) => {
      const expected = set.filter((is, byte) => is && byte >= offset && byte < offset + length).length;
      expect(bytesWithin({ offset, length }, runs(set))).toBe(expected);
    }),
  );
});
