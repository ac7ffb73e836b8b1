import { addon } from '../native/addon.ts';
import type { JobOptions } from '../native/job.ts';
import { exactPages } from '../residency/exact-pages.ts';
import { NO_RUNS } from '../residency/runs.ts';
import type { WarmFile } from '../targets/index.ts';
import { missingExtents } from './extents.ts';
import type { MeasuredFile } from './plan.ts';
import { type ByteRanges, type SelectablePages, selectMissing, toWantedPages } from './selection.ts';

/**
 * The parts of a file that are wanted, in any order; null for the whole file. They are widened to whole pages, and what
 * lies behind the end of the file is left out.
 */
export type Select = (file: WarmFile) => ByteRanges | null;

// Each may hold 16 MiB of counts.
const AT_ONCE = 4;

/** Adds to measured files what is selected of them, and what of that is missing to the page. */
export async function selectParts(
  measured: readonly MeasuredFile[],
  select: Select | undefined,
  options: JobOptions,
): Promise<readonly MeasuredFile[]> {
  if (!select) return measured;
  const selected = [...measured];
  const queue = measured.entries();
  const worker = async (): Promise<void> => {
    for (const [index, found] of queue) {
      options.signal?.throwIfAborted();
      const ranges = select(found.file);
      if (ranges !== null) selected[index] = await selectOf(found, ranges, options);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return selected;
}

async function selectOf(found: MeasuredFile, ranges: ByteRanges, options: JobOptions): Promise<MeasuredFile> {
  const { pageSize } = addon().features();
  const { file } = found;
  const { measurement, pages } = await lookCloser(found, options, pageSize);
  const size = measurement.survey?.size ?? file.size;
  const selection = selectMissing(toWantedPages(ranges, size, pageSize), pages, size, pageSize);
  return { file, measurement, selection };
}

/** Page by page only where something is resident and something isn't. */
async function lookCloser(
  { file, measurement }: MeasuredFile,
  options: JobOptions,
  pageSize: number,
): Promise<{ measurement: MeasuredFile['measurement']; pages: SelectablePages | null }> {
  if (measurement.state === 'unknown') return { measurement, pages: null };
  const { survey, source } = measurement;
  const all = Float64Array.of(0, Math.ceil(survey.size / pageSize));
  if (!survey.dataByWindow && survey.cached === 0) {
    return { measurement, pages: { resident: NO_RUNS, data: null } };
  }
  if (!survey.dataByWindow && missingExtents(survey, pageSize).length === 0) {
    return { measurement, pages: { resident: all, data: null } };
  }
  const exact = await exactPages(file, options);
  if (exact.state === 'unknown') return { measurement: exact, pages: null };
  // Afterwards it is counted by whom it was counted before.
  return { measurement: { state: 'known', survey: exact.survey, source }, pages: exact };
}
