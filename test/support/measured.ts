import { type FileResidency, type ResidencyOptions, residency, resolveTargets } from '../../lib/index.ts';
import { type OracleAnswer, oracle, PAGE_SIZE, type PageRun } from './cache.ts';
import type { LibraryChild } from './library-child.ts';

/** What of an answer survives JSON: the same whether this process or a child gave it. */
export interface Measured {
  readonly state: 'known' | 'unknown';
  readonly source?: string;
  readonly size: number;
  readonly pages: number;
  readonly residentPages?: number;
  readonly residentBytes?: number;
  readonly pageMap?: {
    readonly windowBytes: number;
    readonly residentPages: ArrayLike<number>;
    readonly dataPages?: ArrayLike<number>;
  };
  readonly reason?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** The one file at a path, as this process sees it. */
export async function measured(file: string, options: ResidencyOptions = {}): Promise<FileResidency> {
  const set = await resolveTargets([file]);
  const [only, ...more] = (await residency(set, options)).files;
  if (only === undefined || more.length > 0) throw new Error(`${file}: ${JSON.stringify(set.failures)}`);
  return only;
}

/** The one file at a path, as a child sees it. */
export async function measuredIn(
  child: LibraryChild,
  file: string,
  options: { readonly map?: number } = {},
): Promise<Measured> {
  const body = `
    const set = await warmset.resolveTargets([args.file]);
    if (set.files.length !== 1) throw new Error(JSON.stringify(set.failures));
    return (await warmset.residency(set, args.options)).files[0];`;
  return child.call<Measured>(body, { file, options });
}

/** The pages that runs hold, window by window. */
export function runsByWindow(
  runs: readonly PageRun[],
  pages: number,
  pagesAWindow: number,
): readonly number[] {
  const windows = Array.from({ length: Math.ceil(pages / pagesAWindow) }, () => 0);
  for (const [first, count] of runs) {
    for (let page = first; page < first + count; page++) {
      const index = Math.floor(page / pagesAWindow);
      windows[index] = (windows[index] ?? 0) + 1;
    }
  }
  return windows;
}

/** Where an answer and the oracle's runs differ; empty when they agree. */
export function disagreements(answer: Measured, runs: readonly PageRun[], pages: number): readonly string[] {
  if (answer.state === 'unknown') return [`unknown: ${answer.reason?.message}`];
  const resident = runs.reduce((sum, [, count]) => sum + count, 0);
  const found: string[] = [];
  const differ = (what: string, got: unknown, wanted: unknown) => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) {
      found.push(`${what}: ${JSON.stringify(got)} and not ${JSON.stringify(wanted)}`);
    }
  };
  differ('pages', answer.pages, pages);
  differ('resident pages', answer.residentPages, resident);
  // The last page counts for what the file has of it.
  const [first = 0, count = 0] = runs.at(-1) ?? [];
  const beyond = first + count === pages ? pages * PAGE_SIZE - answer.size : 0;
  differ('resident bytes', answer.residentBytes, resident * PAGE_SIZE - beyond);
  const { pageMap } = answer;
  if (pageMap !== undefined) {
    const pagesAWindow = pageMap.windowBytes / PAGE_SIZE;
    const expected = pages === 0 ? [] : runsByWindow(runs, pages, pagesAWindow);
    differ('windows', Array.from(pageMap.residentPages), expected);
  }
  return found;
}

/**
 * Asks while nothing changes: the oracle sees the same before and after. A kernel may take cold pages away at any
 * time (DAMON does so within seconds where it is on), so it prepares and asks again when that happened.
 */
export async function undisturbed<T>(
  file: string,
  prepare: () => Promise<void>,
  ask: () => Promise<T>,
): Promise<OracleAnswer & { readonly answer: T }> {
  for (let attempt = 0; attempt < 5; attempt++) {
    await prepare();
    const before = await oracle(file);
    const answer = await ask();
    const after = await oracle(file);
    if (JSON.stringify(before) === JSON.stringify(after)) return { ...after, answer };
  }
  throw new Error(`${file}: its pages never stayed as they were for as long as a question takes`);
}
