import type { ByteRange } from '../warm-set.ts';
import { type Rank, type Slice, sliceOf } from './slice.ts';
import { boundSpans, joinByPage } from './spans.ts';
import type { Tensor } from './tensor.ts';

export interface RankRules {
  /** Bytes: spans between which no page stays untouched are one. */
  readonly pageSize: number;
  /** Key and value heads of the model; null where that isn't known, and then their projections are taken whole. */
  readonly kvHeads: number | null;
  /** Those nearest to each other are joined beyond this. @default 65,536 */
  readonly mostSpans?: number;
}

export interface RankParts {
  /** Ascending, apart from each other, none empty. */
  readonly spans: readonly ByteRange[];
  /** Names of tensors that are taken whole because it isn't known how they are shared. */
  readonly unknown: readonly string[];
}

/** As many parts of a file as fills and reports handle without being felt. */
const MOST_SPANS = 65_536;

// So many times the most are gathered before they are joined: often enough for the memory, seldom enough for the time.
const GATHERED = 4;

/**
 * The spans of a file that a tensor-parallel rank reads, for loaders that slice as they read. Where it isn't known how a
 * tensor is shared, it is taken whole: too much rather than too little. Pure.
 */
export function rankParts(tensors: readonly Tensor[], rank: Rank, rules: RankRules): RankParts {
  const { pageSize, kvHeads, mostSpans = MOST_SPANS } = rules;
  const unknown: string[] = [];
  let spans: ByteRange[] = [];
  for (const tensor of tensors.toSorted((a, b) => a.offset - b.offset)) {
    const slice = sliceOf(tensor, rank, kvHeads);
    if (slice === null) unknown.push(tensor.name);
    for (const span of spansOf(tensor, slice ?? 'whole', pageSize, mostSpans)) spans.push(span);
    if (spans.length > mostSpans * GATHERED) spans = [...boundSpans(joinByPage(spans, pageSize), mostSpans)];
  }
  return { spans: boundSpans(joinByPage(spans, pageSize), mostSpans), unknown };
}

/** Where the slice of a tensor lies. */
function spansOf(
  { shape, offset, length }: Tensor,
  slice: Slice,
  pageSize: number,
  most: number,
): readonly ByteRange[] {
  const whole = [{ offset, length }];
  if (slice === 'whole' || length === 0) return whole;
  const rows = slice.dimension === 0 ? 1 : (shape[0] ?? 1);
  const indices = rows * (shape[slice.dimension] ?? 1);
  const unit = length / indices;
  // Types below a byte an element, whose rows may begin within one.
  if (!Number.isInteger(unit)) return whole;
  const row = length / rows;
  const spans = slice.parts.map(({ from, to }) => ({ offset: from * unit, length: (to - from) * unit }));
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return [];
  const begin = offset + first.offset;
  const end = offset + (rows - 1) * row + last.offset + last.length;
  // Where a row leaves no room for a page between its spans, or there are more of them than anybody would hold.
  const dense = row - Math.min(...spans.map((span) => span.length)) < pageSize;
  if (rows > 1 && (dense || rows * spans.length > most)) return [{ offset: begin, length: end - begin }];
  return Array.from({ length: rows }, (_, index) => index).flatMap((index) =>
    spans.map((span) => ({ offset: offset + index * row + span.offset, length: span.length })),
  );
}
