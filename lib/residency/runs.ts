/**
 * Runs: pairs of a start and a count, ascending, none of them touching the next, as `mincore` of `warmset/native`
 * gives them. Of pages or of bytes, whichever both sides are in. Pure.
 */
export type Runs = Float64Array;

export const NO_RUNS: Runs = new Float64Array();

/** What both have. */
export function intersectRuns(a: Runs, b: Runs): Runs {
  const common: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const endA = startOf(a, i) + countOf(a, i);
    const endB = startOf(b, j) + countOf(b, j);
    const start = Math.max(startOf(a, i), startOf(b, j));
    const end = Math.min(endA, endB);
    if (start < end) append(common, start, end - start);
    if (endA <= endB) i += 2;
    if (endB <= endA) j += 2;
  }
  return Float64Array.from(common);
}

/** What the first has and the second hasn't. */
export function subtractRuns(from: Runs, what: Runs): Runs {
  const left: number[] = [];
  let j = 0;
  for (let i = 0; i < from.length; i += 2) {
    let start = startOf(from, i);
    const end = start + countOf(from, i);
    while (j < what.length && startOf(what, j) + countOf(what, j) <= start) j += 2;
    // One that reaches past this run is looked at again for the next.
    for (let at = j; start < end; at += 2) {
      const gapEnd = at < what.length ? Math.min(end, startOf(what, at)) : end;
      if (start < gapEnd) append(left, start, gapEnd - start);
      if (gapEnd === end) break;
      start = startOf(what, at) + countOf(what, at);
    }
  }
  return Float64Array.from(left);
}

/** The sum of the counts. */
export function lengthOfRuns(runs: Runs): number {
  let length = 0;
  for (let index = 1; index < runs.length; index += 2) length += runs[index] ?? 0;
  return length;
}

/** The stretches of an array that aren't 0. */
export function runsOfFlags(flags: Uint32Array): Runs {
  const runs: number[] = [];
  flags.forEach((flag, index) => {
    if (flag !== 0) append(runs, index, 1);
  });
  return Float64Array.from(runs);
}

/** Several lists, each behind the one before, as one. */
export function joinRuns(parts: readonly Runs[]): Runs {
  const joined: number[] = [];
  for (const part of parts) {
    for (let index = 0; index < part.length; index += 2)
      append(joined, startOf(part, index), countOf(part, index));
  }
  return Float64Array.from(joined);
}

/** Pairs of a start and an end, by their starts, as runs: those that overlap or touch are one, empty ones none. */
export function mergeRuns(stretches: Float64Array): Runs {
  const runs: number[] = [];
  let reached = 0;
  for (let index = 0; index < stretches.length; index += 2) {
    const [first = 0, end = 0] = stretches.subarray(index, index + 2);
    const start = Math.max(first, reached);
    if (end > start) append(runs, start, end - start);
    reached = Math.max(reached, end);
  }
  return Float64Array.from(runs);
}

/** Runs of pages as runs of bytes; of the file's last page what the file has of it. */
export function toByteRuns(runs: Runs, size: number, pageSize: number): Runs {
  const bytes: number[] = [];
  for (let index = 0; index < runs.length; index += 2) {
    const start = startOf(runs, index) * pageSize;
    const end = Math.min(size, start + countOf(runs, index) * pageSize);
    if (start < end) append(bytes, start, end - start);
  }
  return Float64Array.from(bytes);
}

function append(runs: number[], start: number, count: number): void {
  const last = runs.length - 2;
  if (last >= 0 && (runs[last] ?? 0) + (runs[last + 1] ?? 0) === start)
    runs[last + 1] = (runs[last + 1] ?? 0) + count;
  else runs.push(start, count);
}

function startOf(runs: Runs, index: number): number {
  return runs[index] ?? 0;
}

function countOf(runs: Runs, index: number): number {
  return runs[index + 1] ?? 0;
}
