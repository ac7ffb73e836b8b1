import { addon } from '../native/addon.ts';
import type { RawFailure, RawSurvey } from '../native/addon-types.ts';
import { toSurveys } from '../native/columns.ts';
import { runJob } from '../native/job.ts';
import { isRawFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';
import type { FileFacts } from './types.ts';

const FILES_A_JOB = 256;

/** How the files are now, by warmset's own threads. Reads nothing of them. */
export async function readFileFacts(set: WarmSet): Promise<readonly FileFacts[]> {
  const facts: FileFacts[] = [];
  // Only what stat says is wanted of the surveys: who counts and whether that is true makes no difference.
  const options = {
    source: 'cachestat',
    window: 0,
    mostWindows: 1,
    samples: 0,
    compareEvery: 1,
    trustEmpty: false,
  } as const;
  for (let start = 0; start < set.files.length; start += FILES_A_JOB) {
    const part = set.files.slice(start, start + FILES_A_JOB);
    const surveys = toSurveys(
      await runJob({}, undefined, (...job) => addon().survey(part.map(pathBytes), options, ...job)),
    );
    for (const [at, file] of part.entries()) facts.push(factsOf(file, surveys[at]));
  }
  return facts;
}

function factsOf(file: WarmFile, survey: RawSurvey | RawFailure | undefined): FileFacts {
  const found = survey === undefined || isRawFailure(survey) ? null : survey;
  return {
    path: file.path,
    ...(file.rawPath === undefined ? {} : { pathBytes: file.rawPath.toString('base64') }),
    dev: String(found?.dev ?? file.dev),
    ino: String(found?.ino ?? file.ino),
    size: found?.size ?? file.size,
    modifiedNs: found === null ? null : String(found.modifiedNs),
  };
}
