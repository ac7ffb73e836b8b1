import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteRange } from '../../../../lib/targets/index.ts';
import { boundSpans, joinByPage, joinSpans } from '../../../../lib/targets/tensors/spans.ts';

const PAGE = 16;

/** Ascending, apart or touching. */
const spans = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 20 }).map((steps) => {
  let at = 0;
  return steps.map(([gap, length]): ByteRange => {
    const offset = at + gap;
    at = offset + length;
    return { offset, length };
  });
});

const bytesOf = (ranges: readonly ByteRange[]) =>
  new Set(ranges.flatMap(({ offset, length }) => Array.from({ length }, (_, index) => offset + index)));
const pagesOf = (ranges: readonly ByteRange[]) =>
  new Set([...bytesOf(ranges)].map((byte) => Math.floor(byte / PAGE)));

function expectApart(ranges: readonly ByteRange[]): void {
  let reached = -1;
  for (const { offset, length } of ranges) {
    expect(offset).toBeGreaterThan(reached);
    expect(length).toBeGreaterThan(0);
    reached = offset + length;
  }
}

describe('spans', () => {
  it('that overlap or touch are one, and hold the same bytes', () => {
    const overlapping = fc
      .array(fc.record({ offset: fc.nat(200), length: fc.nat(40) }), { maxLength: 12 })
      .map((ranges) => ranges.toSorted((a, b) => a.offset - b.offset));
    fc.assert(
      fc.property(overlapping, (ranges) => {
        const joined = joinSpans(ranges);
        expectApart(joined);
        expect(bytesOf(joined)).toEqual(bytesOf(ranges));
      }),
    );
  });

  it('are joined where no page lies between them, and touch the same pages', () => {
    fc.assert(
      fc.property(spans, (ranges) => {
        const joined = joinByPage(ranges, PAGE);
        expectApart(joined);
        expect(pagesOf(joined)).toEqual(pagesOf(ranges));
        // Between any two of them is a page that neither touches.
        for (const [index, { offset }] of joined.entries()) {
          const before = joined[index - 1];
          if (before) {
            const last = Math.floor((before.offset + before.length - 1) / PAGE);
            expect(Math.floor(offset / PAGE) - last).toBeGreaterThan(1);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are kept to a number, with the fewest bytes beside them', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 8 }), (ranges, most) => {
        const apart = joinSpans(ranges);
        const bound = boundSpans(apart, most);
        expectApart(bound);
        expect(bound.length).toBe(Math.min(most, apart.length));
        const bytes = bytesOf(bound);
        for (const byte of bytesOf(apart)) expect(bytes.has(byte)).toBe(true);
        const gaps = apart.slice(1).map((span, index) => {
          const before = apart[index];
          return span.offset - (before ? before.offset + before.length : 0);
        });
        const least = gaps
          .toSorted((a, b) => a - b)
          .slice(0, Math.max(0, apart.length - most))
          .reduce((sum, gap) => sum + gap, 0);
        expect(bytes.size - bytesOf(apart).size).toBe(least);
      }),
      { numRuns: 500 },
    );
  });
});
