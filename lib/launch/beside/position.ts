import { lengthOfRuns, type Runs } from '../../residency/runs.ts';
import { clipRuns, fileAt, type Line, rangeOf, stretchesOf } from './line.ts';

/** A file of the set that the server has open or mapped. */
export interface Sighting {
  /** Its place in the set. */
  readonly file: number;
  /** Where its next read(2) begins, bytes from the file's start; null for mappings and where it isn't told. */
  readonly position: number | null;
}

/** Where the loader is, as far as it can be seen. */
export interface Reader {
  /** Files that it has open or mapped, or that it brings in pages of. Ascending. */
  readonly files: readonly number[];
  /** In files that it reads from front to back: the next byte that it will ask for, on the line. Ascending. */
  readonly heads: readonly number[];
  /** What it brought in since the last look, bytes. */
  readonly bytes: number;
}

// Read-ahead goes in steps of up to 16 MiB (twice the largest read_ahead_kb in use), and a look sees windows of 2 MiB
// only when they are whole: front to back, with little holes.
const DENSE = 0.5;
const STEP = 16 * 1024 * 1024;

/**
 * Where the loader is: by what became resident and wasn't our doing, and by the offsets of its descriptors. A loader that
 * runs through warm pages of a mapping leaves no trace; then only that it has the file is known. Pure.
 *
 * @param theirs runs of the line that became resident since the last look, and that no fill of ours was sent to
 */
export function locate(line: Line, theirs: Runs, sightings: readonly Sighting[]): Reader {
  const heads = new Map<number, number>();
  const files = new Set(sightings.map(({ file }) => file));
  for (const { from } of stretchesOf(theirs)) files.add(fileAt(line, from));
  for (const file of files) {
    const { from, to } = rangeOf(line, file);
    const front = frontOf(clipRuns(theirs, from, to));
    if (front !== null) heads.set(file, front);
  }
  for (const { file, position } of sightings) {
    // Nothing has been read by read(2) yet, or nothing ever will.
    if (position === null || position === 0) continue;
    const { from, to } = rangeOf(line, file);
    heads.set(file, Math.max(heads.get(file) ?? 0, Math.min(to, from + position)));
  }
  return {
    files: [...files].sort((a, b) => a - b),
    heads: [...heads.values()].sort((a, b) => a - b),
    bytes: lengthOfRuns(theirs),
  };
}

/** The end of what was brought in; null where it was brought in here and there, which leads nowhere. */
function frontOf(theirs: Runs): number | null {
  const stretches = stretchesOf(theirs);
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (first === undefined || last === undefined) return null;
  const span = last.to - first.from;
  return lengthOfRuns(theirs) >= (span - STEP) * DENSE ? last.to : null;
}
