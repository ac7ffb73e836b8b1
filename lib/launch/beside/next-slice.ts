import { NO_RUNS, type Runs, subtractRuns } from '../../residency/runs.ts';
import { clipRuns, fileAt, type Line, rangeOf, type Stretch, takeRuns, toRuns, uniteRuns } from './line.ts';
import type { Reader } from './position.ts';

const HUGE_PAGE = 2 * 1024 * 1024;

export interface SliceRequest {
  readonly line: Line;
  /** What nobody has brought in yet: runs of the line. */
  readonly todo: Runs;
  readonly reader: Reader;
  /** How far in front of the loader a slice begins: what it will have read itself until the slice gets there. */
  readonly leadBytes: number;
  /** The most that a slice may have. */
  readonly bytes: number;
  /** Only files that the loader has begun, and no further in front of it than this; null for all of the set. */
  readonly reachBytes: number | null;
}

/**
 * What may be filled, in the order in which it should be: in front of the loader to the end of the set, then what it left
 * out so far. Never what lies behind it in a file that it reads from front to back, nor what it gets to before we do. Pure.
 */
export function nextSlice(request: SliceRequest): Runs {
  const { line, todo, reader } = request;
  // Whole windows: of one that is cut nobody knows which half is missing.
  const bytes = Math.max(HUGE_PAGE, Math.floor(request.bytes / HUGE_PAGE) * HUGE_PAGE);
  const open = subtractRuns(reachable(request), behind(line, reader, request.leadBytes));
  const start = startOf(line, reader);
  const ahead = takeRuns(clipRuns(open, start, line.length), bytes);
  if (ahead.length > 0) return ahead;
  // Files before: a loader that takes them in another order than ours comes back for them.
  return todo.length === 0 ? NO_RUNS : takeRuns(clipRuns(open, 0, start), bytes);
}

/** Files that are being read: from their beginning to the head, and as far as it gets before us. */
function behind(line: Line, { heads }: Reader, leadBytes: number): Runs {
  return toRuns(
    heads.map((head) => ({ from: rangeOf(line, fileOf(line, head)).from, to: head + leadBytes })),
  );
}

function startOf(line: Line, { files, heads }: Reader): number {
  const headed = new Set(heads.map((head) => fileOf(line, head)));
  const begun = files.filter((file) => !headed.has(file)).map((file) => rangeOf(line, file).from);
  return Math.min(line.length, ...(heads.length > 0 || begun.length > 0 ? [...heads, ...begun] : [0]));
}

function reachable({ line, todo, reader, leadBytes, reachBytes }: SliceRequest): Runs {
  if (reachBytes === null) return todo;
  const within = reader.files.map((file): Stretch => {
    const { from, to } = rangeOf(line, file);
    const head = reader.heads.find((place) => fileOf(line, place) === file) ?? from;
    return { from, to: Math.min(to, head + leadBytes + reachBytes) };
  });
  const parts = toRuns(within);
  return subtractRuns(todo, subtractRuns(Float64Array.of(0, line.length), parts));
}

/** A head at the very end of a file belongs to that file, not to the next one. */
function fileOf(line: Line, head: number): number {
  return fileAt(line, Math.max(0, head - 1));
}

/** What the loader is done with, as far as that is known: of files that it reads from front to back, and of those that it had and let go. */
export function consumed(line: Line, reader: Reader, letGo: readonly number[], keepBytes: number): Runs {
  const passed = reader.heads.map((head) => {
    const { from } = rangeOf(line, fileOf(line, head));
    // A huge page of which only a part is given back stays whole.
    return { from, to: from + Math.floor((head - keepBytes - from) / HUGE_PAGE) * HUGE_PAGE };
  });
  return uniteRuns(toRuns(passed), toRuns(letGo.map((file) => rangeOf(line, file))));
}
