import { spawnSync } from 'node:child_process';
import { fixture } from './compile.ts';
import { mustRun, type Running, start } from './run.ts';

export const PAGE_SIZE = readPageSize();

function readPageSize(): number {
  const { stdout, error } = spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8', timeout: 10_000 });
  const size = Number(stdout);
  if (error !== undefined || !Number.isInteger(size) || size <= 0)
    throw new Error('getconf PAGESIZE has no answer');
  return size;
}

/** A stretch of pages: first page number, count. */
export type PageRun = readonly [start: number, count: number];

export interface OracleAnswer {
  /** How many pages the file, or the range asked about, has. */
  readonly pages: number;
  readonly resident: number;
  /** Ascending, never adjacent; page numbers in the file. */
  readonly runs: readonly PageRun[];
}

/**
 * Which pages of a file are resident, by a program that shares no code with the addon.
 * Rejects for a file of another user (unless we are root): the kernel would only lie about it.
 */
export async function oracle(file: string, offset?: number, length?: number): Promise<OracleAnswer> {
  const range = offset === undefined || length === undefined ? [] : [String(offset), String(length)];
  const answer: unknown = JSON.parse(await mustRun(fixture('mincore-oracle'), [file, ...range]));
  if (!isAnswer(answer)) throw new Error(`the oracle's answer makes no sense: ${JSON.stringify(answer)}`);
  return answer;
}

function isAnswer(value: unknown): value is OracleAnswer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pages' in value &&
    typeof value.pages === 'number' &&
    'resident' in value &&
    typeof value.resident === 'number' &&
    'runs' in value &&
    Array.isArray(value.runs)
  );
}

/**
 * Takes the whole file out of the page cache, waits for reads in flight (they would bring pages back a moment
 * later), and rejects unless the oracle then sees none of it.
 */
export async function evict(file: string): Promise<void> {
  await makePagesResident(file, []);
}

/** Makes exactly these pages of a file resident, page by page, and rejects unless the oracle sees just them. */
export async function makePagesResident(file: string, pages: readonly number[]): Promise<void> {
  const runs = pageRuns(pages);
  const list = runs.map(([first, count]) => `${first}-${first + count - 1}`).join(',');
  await mustRun(fixture('make-resident'), [file, '-'], { input: list, timeoutMs: 60_000 });
  const seen = await oracle(file);
  if (JSON.stringify(seen.runs) !== JSON.stringify(runs)) {
    throw new Error(
      `${file}: asked for the runs ${JSON.stringify(runs)}, the oracle sees ${JSON.stringify(seen.runs)}`,
    );
  }
}

/** Page numbers, in any order, as runs. */
export function pageRuns(pages: readonly number[]): readonly PageRun[] {
  const runs: [number, number][] = [];
  for (const page of [...new Set(pages)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] + last[1] === page) last[1]++;
    else runs.push([page, 1]);
  }
  return runs;
}

/**
 * Holds a range of a file by a mapping that is in use, or locks it, in another process, so that eviction can't
 * take its pages. `offset` must lie on a page. Lets go when disposed.
 */
export async function hold(
  how: 'mlock' | 'mmap',
  file: string,
  offset: number,
  length: number,
): Promise<Running> {
  const holder = start(fixture('hold'), [how, file, String(offset), String(length)]);
  try {
    await holder.saw(/^ready$/m);
  } catch (error) {
    await holder.stop();
    throw error;
  }
  return holder;
}
