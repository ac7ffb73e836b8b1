import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CutItem, cutToBudget } from '../../../lib/budget/cut.ts';

const PAGE = 4096;
const item = (missingPages: number, residentPages = 0) => ({
  missingBytes: missingPages * PAGE,
  residentBytes: residentPages * PAGE,
});
const actions = (items: readonly CutItem[], allowed: number) =>
  cutToBudget(items, allowed).decisions.map(({ action, bytes }) => [action, bytes / PAGE]);

test('all of it when it fits exactly', () => {
  expect(actions([item(2), item(3)], 5 * PAGE)).toEqual([
    ['whole', 2],
    ['whole', 3],
  ]);
});

test('the first that does not fit gets the rest, and nothing after it is taken even if it would fit', () => {
  expect(actions([item(2), item(9), item(1), item(0)], 5 * PAGE)).toEqual([
    ['whole', 2],
    ['partial', 3],
    ['leave', 0],
    ['leave', 0],
  ]);
});

test('what is resident is charged before what is missing, of later items too', () => {
  expect(actions([item(1, 2), item(4, 1), item(1)], 6 * PAGE)).toEqual([
    ['whole', 1],
    ['partial', 2],
    ['leave', 0],
  ]);
  expect(actions([item(4), item(2, 3), item(0, 1)], 6 * PAGE)).toEqual([
    ['partial', 2],
    ['leave', 0],
    ['leave', 0],
  ]);
  expect(actions([item(1), item(1, 9)], 6 * PAGE)).toEqual([
    ['leave', 0],
    ['leave', 0],
  ]);
});

test('a partial item is whole pages; less than one page is nothing', () => {
  expect(cutToBudget([item(4)], 3 * PAGE - 1).decisions[0]).toMatchObject({
    action: 'partial',
    bytes: 2 * PAGE,
  });
  expect(cutToBudget([item(4)], PAGE - 1).decisions[0]).toMatchObject({ action: 'leave', bytes: 0 });
  expect(cutToBudget([item(40)], 20 * PAGE, 65_536).decisions[0]).toMatchObject({ bytes: 65_536 });
});

test('a last page that is not full is taken with its whole file', () => {
  expect(cutToBudget([{ residentBytes: 0, missingBytes: 5000 }], 5000)).toMatchObject({
    taken: 5000,
    left: 0,
  });
});

test('a budget of 0 takes nothing', () => {
  expect(cutToBudget([item(1), item(2)], 0)).toMatchObject({ taken: 0, left: 3 * PAGE });
  expect(cutToBudget([], 0)).toEqual({ decisions: [], taken: 0, left: 0 });
});

test("items come back as they are, the caller's fields included", () => {
  const mine = { ...item(1), file: '/models/a' };
  expect(cutToBudget([mine], PAGE).decisions[0]?.item).toBe(mine);
});

test.each([
  ['allowed', [[], -1, PAGE]],
  ['allowed', [[], Number.POSITIVE_INFINITY, PAGE]],
  ['pageSize', [[], 1, 0]],
  ['items[1].missingBytes', [[item(1), { residentBytes: 0, missingBytes: Number.NaN }], PAGE, PAGE]],
  ['items[0].residentBytes', [[{ residentBytes: -1, missingBytes: 0 }], PAGE, PAGE]],
] as const)('a bad %s is refused', (subject, [items, allowed, pageSize]) => {
  expect(() => cutToBudget(items, allowed, pageSize)).toThrow(
    expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT', subject }),
  );
});

describe('for any set and budget', () => {
  const sizes = fc.nat({ max: 50_000 });
  const items = fc.array(fc.record({ residentBytes: sizes, missingBytes: sizes }), { maxLength: 12 });
  const allowed = fc.nat({ max: 300_000 });

  test('what is taken never brings the resident bytes above the budget', () => {
    fc.assert(
      fc.property(items, allowed, (items, allowed) => {
        const { decisions, taken, left } = cutToBudget(items, allowed, 512);
        const resident = items.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
        expect(taken === 0 || resident + taken <= allowed).toBe(true);
        expect(taken).toBe(decisions.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(taken + left).toBe(items.reduce((sum, { missingBytes }) => sum + missingBytes, 0));
      }),
    );
  });

  test('a prefix of whole items, then at most one partial, then only left ones, in the order given', () => {
    fc.assert(
      fc.property(items, allowed, (items, allowed) => {
        const { decisions } = cutToBudget(items, allowed, 512);
        expect(decisions.map(({ item }) => item)).toEqual(items);
        expect(decisions.map(({ action }) => action[0]).join('')).toMatch(/^w*p?l*$/);
        for (const { action, item, bytes } of decisions) {
          if (action === 'whole') expect(bytes).toBe(item.missingBytes);
          if (action === 'partial')
            expect(bytes > 0 && bytes < item.missingBytes && bytes % 512 === 0).toBe(true);
        }
      }),
    );
  });

  test('cutting again after the fill takes nothing more', () => {
    fc.assert(
      fc.property(items, allowed, (items, allowed) => {
        const filled = cutToBudget(items, allowed, 512).decisions.map(({ item, bytes }) => ({
          residentBytes: item.residentBytes + bytes,
          missingBytes: item.missingBytes - bytes,
        }));
        expect(cutToBudget(filled, allowed, 512).taken).toBe(0);
      }),
    );
  });

  test('a larger budget takes no less', () => {
    fc.assert(
      fc.property(items, allowed, sizes, (items, allowed, more) => {
        const [small, large] = [cutToBudget(items, allowed, 512), cutToBudget(items, allowed + more, 512)];
        expect(large.taken).toBeGreaterThanOrEqual(small.taken);
      }),
    );
  });
});
