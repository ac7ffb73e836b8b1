import type { JobOptions } from '../native/job.ts';
import type { WarmFile } from '../targets/index.ts';
import { exactPages } from './exact-pages.ts';
import type { Measurement } from './measure.ts';
import { NO_RUNS, type Runs } from './runs.ts';

/** Which pages of a file are resident, and which aren't holes (null: none is one). */
export interface FilePages {
  readonly resident: Runs;
  readonly data: Runs | null;
}

export interface CloserLook {
  readonly measurement: Measurement;
  /** Null where nobody can be trusted to know. */
  readonly pages: FilePages | null;
}

/** Which pages a count stands for. Asked page by page only where something is resident and something isn't. */
export async function lookCloser(
  file: WarmFile,
  measurement: Measurement,
  options: JobOptions,
  pageSize: number,
): Promise<CloserLook> {
  if (measurement.state === 'unknown') return { measurement, pages: null };
  const { survey, source } = measurement;
  const pages = Math.ceil(survey.size / pageSize);
  if (!survey.dataByWindow && survey.cached === 0) {
    return { measurement, pages: { resident: NO_RUNS, data: null } };
  }
  if (!survey.dataByWindow && survey.cached === pages) {
    return { measurement, pages: { resident: Float64Array.of(0, pages), data: null } };
  }
  const exact = await exactPages(file, options);
  if (exact.state === 'unknown') return { measurement: exact, pages: null };
  // Afterwards it is counted by whom it was counted before.
  return { measurement: { state: 'known', survey: exact.survey, source }, pages: exact };
}
