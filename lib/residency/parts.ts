import type { JobOptions } from '../native/job.ts';
import type { WarmFile } from '../targets/index.ts';
import { type FilePages, lookCloser } from './look-closer.ts';
import type { Measurement } from './measure.ts';
import { intersectRuns, lengthOfRuns, type Runs, toByteRuns } from './runs.ts';
import type { FileResidency, PageMap } from './types.ts';
import { toWantedPages } from './wanted-pages.ts';

/** Residency of a file of which only parts are in its set: everything counts the pages that they touch, and no other. */
export async function residencyOfParts(
  file: WarmFile,
  measured: Measurement,
  options: JobOptions & { readonly map: number },
  pageSize: number,
): Promise<FileResidency> {
  const { measurement, pages } = await lookCloser(file, measured, options, pageSize);
  const size = measurement.survey?.size ?? file.size;
  const wanted = toWantedPages(file.parts ?? [], size, pageSize);
  const common = {
    file,
    size: lengthOfRuns(toByteRuns(wanted, size, pageSize)),
    pages: lengthOfRuns(wanted),
  };
  if (measurement.state === 'unknown' || pages === null) {
    const reason = measurement.state === 'unknown' ? measurement.reason : NEVER_ASKED;
    return { ...common, state: 'unknown', reason };
  }
  const resident = intersectRuns(wanted, pages.resident);
  return {
    ...common,
    state: 'known',
    source: measurement.source,
    residentPages: lengthOfRuns(resident),
    residentBytes: lengthOfRuns(toByteRuns(resident, size, pageSize)),
    // Told of whole files only.
    dirtyPages: null,
    recentlyEvictedPages: null,
    ...(options.map > 0 ? { pageMap: mapOfParts(wanted, pages, options.map, pageSize) } : {}),
  };
}

const NEVER_ASKED = {
  code: 'unsupported',
  message: 'Nobody can be trusted to say which pages are resident.',
  remedy: 'See what residency says of the whole file.',
} as const;

/** The pages of the parts one behind the other, in at most so many windows. Pure. */
export function mapOfParts(
  wanted: Runs,
  { resident, data }: FilePages,
  most: number,
  pageSize: number,
): PageMap {
  let pages = 1;
  while (Math.ceil(lengthOfRuns(wanted) / pages) > most) pages *= 2;
  const windowBytes = pages * pageSize;
  const residentPages = countByWindow(wanted, resident, pages);
  return data === null
    ? { windowBytes, residentPages }
    : { windowBytes, residentPages, dataPages: countByWindow(wanted, data, pages) };
}

/** How many pages of each window are among `marked`, where windows have only wanted pages. */
function countByWindow(wanted: Runs, marked: Runs, pagesAWindow: number): Uint32Array {
  const counts = new Uint32Array(Math.ceil(lengthOfRuns(wanted) / pagesAWindow));
  const found = intersectRuns(wanted, marked);
  let before = 0;
  let at = 0;
  for (let index = 0; index < wanted.length; index += 2) {
    const [start = 0, count = 0] = wanted.subarray(index, index + 2);
    for (; at < found.length && (found[at] ?? 0) < start + count; at += 2) {
      const [first = 0, length = 0] = found.subarray(at, at + 2);
      addTo(counts, before + first - start, length, pagesAWindow);
    }
    before += count;
  }
  return counts;
}

function addTo(counts: Uint32Array, first: number, length: number, pagesAWindow: number): void {
  for (let page = first; page < first + length; ) {
    const window = Math.floor(page / pagesAWindow);
    const end = Math.min(first + length, (window + 1) * pagesAWindow);
    counts[window] = (counts[window] ?? 0) + end - page;
    page = end;
  }
}
