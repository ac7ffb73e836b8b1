import { splitOf } from './split-rules.ts';
import type { Tensor } from './tensor.ts';

/** One of `of` tensor-parallel ranks, counted from 0. */
export interface Rank {
  readonly rank: number;
  readonly of: number;
}

/** A part of one dimension of a tensor: indices from `from` on, `to` excluded. */
interface Indices {
  readonly from: number;
  readonly to: number;
}

/** What a rank reads of a tensor: all of it, or parts of its first or second dimension. */
export type Slice = 'whole' | { readonly dimension: 0 | 1; readonly parts: readonly Indices[] };

// Engines round vocabularies up before they share them out.
const VOCABULARY_UNIT = 64;

/**
 * What a rank reads of a tensor; null where that isn't known: an unknown name, a dimension that the ranks don't divide.
 * Pure.
 *
 * @param kvHeads key and value heads of the model; null where that isn't known
 */
export function sliceOf(tensor: Tensor, rank: Rank, kvHeads: number | null): Slice | null {
  const split = splitOf(tensor);
  const [rows = 0, columns = 0] = tensor.shape;
  switch (split) {
    case 'whole':
      return 'whole';
    case 'unknown':
      return null;
    case 'rows':
      return evenly(0, rows, 1, rank);
    case 'columns':
      return evenly(1, columns, 1, rank);
    case 'halves':
      return evenly(0, rows, 2, rank);
    case 'kv-heads':
      return byHeads(rows, kvHeads, rank);
    case 'vocabulary':
      return ofVocabulary(rows, rank);
    case 'longer':
      return rows === columns ? null : evenly(rows < columns ? 1 : 0, Math.max(rows, columns), 1, rank);
    case 'fused-qkv':
      if (rows === columns * 3) return evenly(0, rows, 3, rank);
      return columns === rows * 3 ? evenly(1, columns, 3, rank) : null;
  }
}

/** Of `blocks` equal blocks of a dimension, each shared evenly. */
function evenly(dimension: 0 | 1, size: number, blocks: number, { rank, of }: Rank): Slice | null {
  if (size % (blocks * of) !== 0) return null;
  const block = size / blocks;
  const share = block / of;
  const parts = Array.from({ length: blocks }, (_, index) => {
    const from = index * block + rank * share;
    return { from, to: from + share };
  });
  return { dimension, parts };
}

function byHeads(rows: number, kvHeads: number | null, { rank, of }: Rank): Slice | null {
  if (kvHeads === null || kvHeads < 1 || rows % kvHeads !== 0) return null;
  if (kvHeads % of === 0) return evenly(0, rows, 1, { rank, of });
  // Fewer heads than ranks: neighbours have the same one.
  return of % kvHeads === 0
    ? evenly(0, rows, 1, { rank: Math.floor((rank * kvHeads) / of), of: kvHeads })
    : null;
}

function ofVocabulary(rows: number, { rank, of }: Rank): Slice | null {
  const padded = Math.ceil(rows / VOCABULARY_UNIT) * VOCABULARY_UNIT;
  if (padded % of !== 0) return null;
  const share = padded / of;
  const from = Math.min(rows, rank * share);
  return { dimension: 0, parts: [{ from, to: Math.min(rows, from + share) }] };
}
