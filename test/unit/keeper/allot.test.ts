import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AllotInput, allot, claimedSurplus, orderSets } from '../../../lib/keeper/allot.ts';

const bytes = fc.nat({ max: 1_000_000 });
const input: fc.Arbitrary<AllotInput> = fc.record({
  quotaBytes: fc.option(bytes),
  residentBytes: bytes,
  missingBytes: bytes,
});
const inputs = fc.array(input, { maxLength: 8 });
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const quotaOf = ({ quotaBytes }: AllotInput): number => quotaBytes ?? Number.POSITIVE_INFINITY;

describe('allot', () => {
  test('what is allowed never exceeds the budget, a quota, or what is wanted', () => {
    fc.assert(
      fc.property(inputs, bytes, (sets, budget) => {
        const allotments = allot(sets, budget);
        expect(sum(allotments.map(({ allowedBytes }) => allowedBytes))).toBeLessThanOrEqual(budget);
        allotments.forEach(({ allowedBytes }, index) => {
          const set = sets[index] as AllotInput;
          expect(allowedBytes).toBeGreaterThanOrEqual(0);
          expect(allowedBytes).toBeLessThanOrEqual(
            Math.min(quotaOf(set), set.residentBytes + set.missingBytes),
          );
        });
      }),
    );
  });

  test('what is read never takes all sets beyond the budget, nor one beyond what it is allowed', () => {
    fc.assert(
      fc.property(inputs, bytes, (sets, budget) => {
        const allotments = allot(sets, budget);
        const before = sum(sets.map(({ residentBytes }) => residentBytes));
        const read = sum(allotments.map(({ readBytes }) => readBytes));
        expect(before + read).toBeLessThanOrEqual(Math.max(budget, before));
        allotments.forEach(({ allowedBytes, readBytes, surplusBytes }, index) => {
          const { residentBytes, missingBytes } = sets[index] as AllotInput;
          expect(readBytes).toBeGreaterThanOrEqual(0);
          expect(readBytes).toBeLessThanOrEqual(missingBytes);
          if (readBytes > 0) expect(residentBytes + readBytes).toBeLessThanOrEqual(allowedBytes);
          expect(surplusBytes).toBe(Math.max(0, residentBytes - allowedBytes));
        });
      }),
    );
  });

  test('a less urgent set gets nothing while a more urgent one goes short for want of budget', () => {
    fc.assert(
      fc.property(inputs, bytes, (sets, budget) => {
        const allotments = allot(sets, budget);
        const short = sets.findIndex((set, index) => {
          const wanted = Math.min(quotaOf(set), set.residentBytes + set.missingBytes);
          return (allotments[index]?.allowedBytes ?? 0) < wanted;
        });
        if (short >= 0) {
          expect(sum(allotments.slice(short + 1).map(({ allowedBytes }) => allowedBytes))).toBe(0);
        }
      }),
    );
  });

  test('giving back what is claimed makes room for all that more urgent sets are allowed', () => {
    fc.assert(
      fc.property(inputs, bytes, (sets, budget) => {
        const allotments = allot(sets, budget);
        let left = claimedSurplus(sets, allotments, budget);
        const after = sets.toReversed().map((set, index): AllotInput => {
          const given = Math.min(left, allotments[sets.length - 1 - index]?.surplusBytes ?? 0);
          left -= given;
          return { ...set, residentBytes: set.residentBytes - given, missingBytes: set.missingBytes + given };
        });
        expect(left).toBe(0);
        const again = allot(after.toReversed(), budget);
        expect(claimedSurplus(after.toReversed(), again, budget)).toBe(0);
        // Nothing is taken from anybody for nothing.
        if (sets.every((_set, index) => allotments[index]?.readBytes === again[index]?.readBytes)) {
          expect(claimedSurplus(sets, allotments, budget)).toBe(0);
        }
      }),
    );
  });

  test('an example: quota, then the rest', () => {
    const set = (quotaBytes: number | null, residentBytes: number, missingBytes: number): AllotInput => ({
      quotaBytes,
      residentBytes,
      missingBytes,
    });
    expect(allot([set(30, 0, 50), set(null, 20, 100), set(null, 5, 5)], 100)).toEqual([
      { allowedBytes: 30, readBytes: 30, surplusBytes: 0 },
      { allowedBytes: 70, readBytes: 45, surplusBytes: 0 },
      { allowedBytes: 0, readBytes: 0, surplusBytes: 5 },
    ]);
  });
});

test('sets are ordered by priority, equal ones as they were given', () => {
  const sets = [
    { name: 'a', priority: 0 },
    { name: 'b', priority: 5 },
    { name: 'c', priority: 0 },
    { name: 'd', priority: 5 },
  ];
  expect(orderSets(sets).map(({ name }) => name)).toEqual(['b', 'd', 'a', 'c']);
});
