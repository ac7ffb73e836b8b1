import type { ByteRange } from '../warm-set.ts';

/** Ascending ranges with those joined that overlap or touch; empty ones are none. Pure. */
export function joinSpans(spans: readonly ByteRange[]): readonly ByteRange[] {
  return joinBelow(spans, () => false);
}

/**
 * Ascending ranges with those joined between which no page stays untouched: who reads the one and the other has read
 * what lies between them. Pure.
 */
export function joinByPage(spans: readonly ByteRange[], pageSize: number): readonly ByteRange[] {
  return joinBelow(
    spans,
    (end, start) => Math.floor(start / pageSize) <= Math.floor((end - 1) / pageSize) + 1,
  );
}

/** No more than `most` ascending ranges, those with the least between them joined. Pure. */
export function boundSpans(spans: readonly ByteRange[], most: number): readonly ByteRange[] {
  const excess = spans.length - most;
  if (excess <= 0) return spans;
  const gaps = new Float64Array(spans.length - 1);
  spans.forEach((span, index) => {
    const before = spans[index - 1];
    if (before) gaps[index - 1] = span.offset - endOf(before);
  });
  const sorted = gaps.toSorted();
  const widest = sorted[excess - 1] ?? 0;
  // Of gaps that are equally wide only as many are closed as must be.
  let equal = excess - countBelow(sorted, widest);
  return joinBelow(spans, (end, start) => {
    const gap = start - end;
    if (gap !== widest) return gap < widest;
    equal -= 1;
    return equal >= 0;
  });
}

/** The sum of the lengths. */
export function lengthOfSpans(spans: readonly ByteRange[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0);
}

function joinBelow(
  spans: readonly ByteRange[],
  joins: (end: number, start: number) => boolean,
): readonly ByteRange[] {
  const joined: ByteRange[] = [];
  for (const span of spans) {
    if (span.length === 0) continue;
    const last = joined.at(-1);
    if (last === undefined || (span.offset > endOf(last) && !joins(endOf(last), span.offset))) {
      joined.push(span);
      continue;
    }
    const end = Math.max(endOf(last), endOf(span));
    joined[joined.length - 1] = { offset: last.offset, length: end - last.offset };
  }
  return joined;
}

function countBelow(sorted: Float64Array, value: number): number {
  const index = sorted.indexOf(value);
  return index < 0 ? sorted.length : index;
}

function endOf({ offset, length }: ByteRange): number {
  return offset + length;
}
