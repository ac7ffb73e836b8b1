import { addon } from './addon.ts';
import type { RawFailure, RawPath, RawSurvey } from './addon-types.ts';
import { toSurveys } from './columns.ts';
import { type JobOptions, runJob } from './job.ts';

const FILES_A_JOB = 256;

// Only what stat says is wanted: who counts and whether that is true makes no difference.
const FACTS = {
  source: 'cachestat',
  window: 0,
  mostWindows: 1,
  samples: 0,
  compareEvery: 1,
  trustEmpty: false,
} as const;

/** What stands at these paths now, in their order, by warmset's own threads. Reads nothing of the files. */
export async function lookUpFiles(
  paths: readonly RawPath[],
  options: JobOptions = {},
): Promise<readonly (RawSurvey | RawFailure)[]> {
  const found: (RawSurvey | RawFailure)[] = [];
  for (let start = 0; start < paths.length; start += FILES_A_JOB) {
    options.signal?.throwIfAborted();
    const part = paths.slice(start, start + FILES_A_JOB);
    const columns = await runJob(options, undefined, (...job) => addon().survey(part, FACTS, ...job));
    found.push(...toSurveys(columns));
  }
  return found;
}
