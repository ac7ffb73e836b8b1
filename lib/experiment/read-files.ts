import type { RawFailure, RawSurvey } from '../native/addon-types.ts';
import { lookUpFiles } from '../native/look-up-files.ts';
import { isRawFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';
import type { FileFacts } from './types.ts';

/** How the files are now, by warmset's own threads. Reads nothing of them. */
export async function readFileFacts(set: WarmSet): Promise<readonly FileFacts[]> {
  const found = await lookUpFiles(set.files.map(pathBytes));
  return set.files.map((file, at) => factsOf(file, found[at]));
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
