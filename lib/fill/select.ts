import { addon } from '../native/addon.ts';
import type { JobOptions } from '../native/job.ts';
import { lookCloser } from '../residency/look-closer.ts';
import { type ByteRanges, toWantedPages } from '../residency/wanted-pages.ts';
import type { WarmFile } from '../targets/index.ts';
import type { MeasuredFile } from './plan.ts';
import { selectMissing } from './selection.ts';

/**
 * The parts of a file that are wanted, in any order; null for the whole file. They are widened to whole pages, and what
 * lies behind the end of the file is left out.
 */
export type Select = (file: WarmFile) => ByteRanges | null;

// Each may hold 16 MiB of counts.
const AT_ONCE = 4;

/**
 * Adds to measured files what is selected of them, and what of that is missing to the page.
 *
 * @param select without it, the parts of which the set has nothing more
 */
export async function selectParts(
  measured: readonly MeasuredFile[],
  select: Select | undefined,
  options: JobOptions,
): Promise<readonly MeasuredFile[]> {
  const selected = [...measured];
  const queue = measured.entries();
  const worker = async (): Promise<void> => {
    for (const [index, found] of queue) {
      options.signal?.throwIfAborted();
      const ranges = select ? select(found.file) : found.file.parts;
      if (ranges) selected[index] = await selectOf(found, ranges, options);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return selected;
}

async function selectOf(found: MeasuredFile, ranges: ByteRanges, options: JobOptions): Promise<MeasuredFile> {
  const { pageSize } = addon().features();
  const { file } = found;
  const { measurement, pages } = await lookCloser(file, found.measurement, options, pageSize);
  const size = measurement.survey?.size ?? file.size;
  const selection = selectMissing(toWantedPages(ranges, size, pageSize), pages, size, pageSize);
  return { file, measurement, selection };
}
