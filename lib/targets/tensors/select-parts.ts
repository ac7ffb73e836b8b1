import type { ByteRange } from '../warm-set.ts';
import { type RankRules, rankParts } from './rank-parts.ts';
import type { NameFilter } from './select.ts';
import type { Rank } from './slice.ts';
import { joinSpans } from './spans.ts';
import type { TensorTable } from './tensor.ts';

export interface TensorChoice {
  /** Which tensors; all without it. */
  readonly matches?: NameFilter | undefined;
  /** Which rank's share of them; all of them without it. */
  readonly rank?: Rank | undefined;
}

export interface SelectedParts {
  /** Ascending, apart from each other, inside the file, its header first. */
  readonly parts: readonly ByteRange[];
  readonly tensors: number;
  /** Names of tensors that are whole because it isn't known how ranks share them. */
  readonly unknown: readonly string[];
}

/** The parts of a file that a choice means; null where it means none of its tensors. Pure. */
export function selectParts(
  table: TensorTable,
  { matches, rank }: TensorChoice,
  rules: RankRules,
): SelectedParts | null {
  const tensors = matches ? table.tensors.filter(({ name }) => matches(name)) : table.tensors;
  if (tensors.length === 0) return null;
  const header = { offset: 0, length: table.headerLength };
  // The one process that loads a GGUF file reads every tensor, wherever it will lie afterwards.
  if (rank === undefined || table.format === 'gguf') {
    const inPlace = tensors.toSorted((a, b) => a.offset - b.offset);
    const spans = inPlace.map(({ offset, length }) => ({ offset, length }));
    return { parts: joinSpans([header, ...spans]), tensors: tensors.length, unknown: [] };
  }
  const { spans, unknown } = rankParts(tensors, rank, rules);
  return { parts: joinSpans([header, ...spans]), tensors: tensors.length, unknown };
}
