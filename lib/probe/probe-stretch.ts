import { type FileFailure, isSystemError } from '../errors.ts';
import { addon } from '../native/addon.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import type { RawStretchProbe } from '../native/probe-types.ts';
import { toFileFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { checkInteger } from './arguments.ts';
import { replacedFailure, truncatedFailure } from './failures.ts';

/** Bytes; bounds how much one probe may bring in. */
export const LONGEST_STRETCH = 2 ** 28;

/** Of several pages, just before: all, none or some were resident. `unknown`: the kernel doesn't tell this user. */
export type StretchTemperature = 'cold' | 'warm' | 'partly' | 'unknown';

export interface StretchSample {
  readonly file: WarmFile;
  readonly offset: number;
  readonly bytes: number;
  readonly temperature: StretchTemperature;
  readonly residentPages: number | null;
  readonly pages: number;
  /** For all of it. */
  readonly milliseconds: number;
  /** Pages that it brought in, read-ahead behind its end included; an upper bound where others read, too. */
  readonly broughtPages: number | null;
  /** Of those, pages that are still resident. 0 is the rule. */
  readonly leftPages: number | null;
}

export type StretchResult =
  | { readonly state: 'touched'; readonly sample: StretchSample }
  | { readonly state: 'failed'; readonly failure: FileFailure };

export interface ProbeStretchOptions {
  /** Where it begins, bytes, a multiple of the page size. @default 0 */
  readonly offset?: number | undefined;
  /** Bytes, 1 to 256 MiB; less where the file ends earlier. */
  readonly length: number;
  /** @default 'normal' */
  readonly priority?: JobOptions['priority'];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Times a stretch of a file touched page by page from its beginning to its end, with the read-ahead that a loader has,
 * and takes out what that brought in.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`; the signal's reason when aborted
 */
export async function probeStretch(file: WarmFile, options: ProbeStretchOptions): Promise<StretchResult> {
  const { priority = 'normal', signal } = options;
  const length = checkInteger('length', options.length, 1, LONGEST_STRETCH);
  const offset = options.offset ?? 0;
  try {
    const raw = await runJob({ priority, signal }, pathBytes(file), (...job) =>
      addon().probeStretch({ path: pathBytes(file), dev: file.dev, ino: file.ino, offset, length }, ...job),
    );
    signal?.throwIfAborted();
    return toResult(file, offset, length, raw);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    // ENODATA: nothing is left of it at this place.
    const { code, syscall, message } = error;
    return { state: 'failed', failure: code === 'ENODATA' ? truncatedFailure() : { code, syscall, message } };
  }
}

function toResult(file: WarmFile, offset: number, length: number, raw: RawStretchProbe): StretchResult {
  if (raw.replaced) return { state: 'failed', failure: replacedFailure() };
  if (raw.ended) return { state: 'failed', failure: truncatedFailure() };
  if (raw.error) return { state: 'failed', failure: toFileFailure(raw.error) };
  const { pages, residentPages, milliseconds, broughtPages, leftPages } = raw;
  const bytes = Math.min(length, file.size - offset);
  return {
    state: 'touched',
    sample: {
      file,
      offset,
      bytes,
      temperature: temperatureOf(residentPages, pages),
      residentPages,
      pages,
      milliseconds,
      broughtPages,
      leftPages,
    },
  };
}

/** By how many of so many pages are resident. */
export function temperatureOf(resident: number | null, pages: number): StretchTemperature {
  if (resident === null) return 'unknown';
  if (resident === 0) return 'cold';
  return resident < pages ? 'partly' : 'warm';
}
