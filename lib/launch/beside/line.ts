import { intersectRuns, mergeRuns, NO_RUNS, type Runs } from '../../residency/runs.ts';

/**
 * The files of a set one behind the other, as one line of bytes: what the server reads first comes first. Places on it
 * are what the rest of this room reckons with; only {@link toFiles} leads back. Pure.
 */
export interface Line {
  /** Where each file begins. */
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly length: number;
}

/** A stretch of one file. Bytes. */
export interface FilePart {
  /** Its place in the set. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
}

export function toLine(sizes: readonly number[]): Line {
  let length = 0;
  const starts = sizes.map((size) => {
    length += size;
    return length - size;
  });
  return { starts, sizes, length };
}

/** The part of the line that a file is. */
export function rangeOf(
  { starts, sizes }: Line,
  file: number,
): { readonly from: number; readonly to: number } {
  const from = starts[file] ?? 0;
  return { from, to: from + (sizes[file] ?? 0) };
}

/** Which file a place of the line is in: of those that begin there the last, because empty ones have no place. */
export function fileAt({ starts }: Line, place: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Runs of the line as parts of files, in the line's order. */
export function toFiles(line: Line, runs: Runs): readonly FilePart[] {
  const parts: FilePart[] = [];
  for (const { from, to } of stretchesOf(runs)) {
    for (let at = from; at < to; ) {
      const file = fileAt(line, at);
      const range = rangeOf(line, file);
      const end = Math.min(to, range.to);
      if (end <= at) break;
      parts.push({ file, offset: at - range.from, length: end - at });
      at = end;
    }
  }
  return parts;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export function stretchesOf(runs: Runs): readonly Stretch[] {
  return Array.from({ length: runs.length / 2 }, (_, index) => {
    const from = runs[index * 2] ?? 0;
    return { from, to: from + (runs[index * 2 + 1] ?? 0) };
  });
}

/** Stretches in any order, which may overlap, as runs. */
export function toRuns(stretches: readonly Stretch[]): Runs {
  const sorted = stretches.filter(({ from, to }) => from < to).toSorted((a, b) => a.from - b.from);
  return mergeRuns(Float64Array.from(sorted.flatMap(({ from, to }) => [from, to])));
}

export function uniteRuns(...all: readonly Runs[]): Runs {
  return toRuns(all.flatMap(stretchesOf));
}

export function clipRuns(runs: Runs, from: number, to: number): Runs {
  return from < to ? intersectRuns(runs, Float64Array.of(from, to - from)) : NO_RUNS;
}

/** Each run longer at its end, and at its beginning: what a read of it may bring in beside it. */
export function widenRuns(runs: Runs, before: number, behind: number): Runs {
  return toRuns(
    stretchesOf(runs).map(({ from, to }) => ({ from: Math.max(0, from - before), to: to + behind })),
  );
}

/** The first runs that have `bytes` together. */
export function takeRuns(runs: Runs, bytes: number): Runs {
  const taken: Stretch[] = [];
  let room = bytes;
  for (const { from, to } of stretchesOf(runs)) {
    if (room <= 0) break;
    taken.push({ from, to: Math.min(to, from + room) });
    room -= to - from;
  }
  return toRuns(taken);
}
