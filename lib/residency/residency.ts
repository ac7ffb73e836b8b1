import { addon } from '../native/addon.ts';
import type { RawSurvey } from '../native/addon-types.ts';
import type { JobOptions } from '../native/job.ts';
import type { WarmFile, WarmSet } from '../targets/index.ts';
import { type Measurement, measure } from './measure.ts';
import { residencyOfParts } from './parts.ts';
import { totalOf } from './total.ts';
import type { FileResidency, PageMap, ResidencyReport } from './types.ts';

export interface ResidencyOptions extends JobOptions {
  /**
   * Also say which parts of each file are resident, in at most this many windows a file; 0 for totals only.
   * @default 0
   */
  readonly map?: number | undefined;
  /**
   * Count every page by mincore(2) instead of believing a cross-checked cachestat(2): about 15 ms a GiB, a hundred times
   * more over large folios. It alone sees pages whose read failed, which stay in the cache.
   * @default false
   */
  readonly exact?: boolean | undefined;
}

// Without a map, windows only spread the samples that cross-check the count; small files are checked whole.
const SAMPLED_WINDOWS = 64;

/**
 * What of each file is in the page cache now. Every answer names its source or is `unknown` with the reason and what
 * would make it knowable. Reads nothing: the cache stays as it is. Of files of which only parts are in the set, only these count, to the page.
 */
export async function residency(set: WarmSet, options: ResidencyOptions = {}): Promise<ResidencyReport> {
  const files: FileResidency[] = [];
  for await (const batch of residencyOf(set.files, options)) files.push(...batch);
  return { files, total: totalOf(files) };
}

/** The same a few hundred files at a time, for sets too long to hold. */
export async function* residencyOf(
  files: readonly WarmFile[],
  options: ResidencyOptions = {},
): AsyncGenerator<readonly FileResidency[]> {
  const { pageSize } = addon().features();
  const map = options.map ?? 0;
  const windows =
    map > 0
      ? { window: pageSize, mostWindows: map }
      : { window: pageSize * SAMPLED_WINDOWS, mostWindows: SAMPLED_WINDOWS };
  let done = 0;
  for await (const batch of measure(files, { ...options, ...windows })) {
    const start = done;
    done += batch.length;
    const found = batch.flatMap((measurement, index) => {
      const file = files[start + index];
      return file ? [toResidency(file, measurement, pageSize, map > 0)] : [];
    });
    for (const [index, { file }] of found.entries()) {
      const measurement = batch[index];
      if (file.parts && measurement)
        found[index] = await residencyOfParts(file, measurement, { ...options, map }, pageSize);
    }
    yield found;
  }
}

function toResidency(
  file: WarmFile,
  measurement: Measurement,
  pageSize: number,
  withMap: boolean,
): FileResidency {
  const size = measurement.survey?.size ?? file.size;
  const pages = Math.ceil(size / pageSize);
  if (measurement.state === 'unknown')
    return { file, size, pages, state: 'unknown', reason: measurement.reason };
  const { survey, source } = measurement;
  // In one literal: spread together, these objects of every file took longer than their survey.
  const known = {
    file,
    size,
    pages,
    state: 'known',
    source,
    residentPages: survey.cached,
    residentBytes: bytesOf(survey, pageSize),
    dirtyPages: source === 'cachestat' ? survey.dirty : null,
    recentlyEvictedPages: source === 'cachestat' ? survey.recentlyEvicted : null,
  } as const;
  return withMap ? { ...known, pageMap: toPageMap(measurement) } : known;
}

/** The last page counts for what the file has of it. */
function bytesOf({ cached, tailCached, size }: RawSurvey, pageSize: number): number {
  const beyond = tailCached && size % pageSize > 0 ? pageSize - (size % pageSize) : 0;
  return cached * pageSize - beyond;
}

function toPageMap({ survey }: Measurement & { state: 'known' }): PageMap {
  return {
    windowBytes: survey.window,
    residentPages: survey.cachedByWindow ?? Uint32Array.from(survey.size > 0 ? [survey.cached] : []),
    ...(survey.dataByWindow ? { dataPages: survey.dataByWindow } : {}),
  };
}
