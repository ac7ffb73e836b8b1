import { isSystemError } from '../errors.ts';
import { addon } from '../native/addon.ts';
import { mincore } from '../native/index.ts';
import type { JobOptions } from '../native/job.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { type Measurement, measureByMincore } from './measure.ts';
import { joinRuns, type Runs, runsOfFlags } from './runs.ts';
import type { UnknownReason } from './types.ts';

type KnownMeasurement = Extract<Measurement, { readonly state: 'known' }>;
type UnknownMeasurement = Extract<Measurement, { readonly state: 'unknown' }>;

/** Which pages of a file are resident, as runs of pages. */
export type ExactPages =
  | (KnownMeasurement & {
      readonly resident: Runs;
      /** Pages that aren't holes; null where the file has none. */
      readonly data: Runs | null;
    })
  | UnknownMeasurement;

// The addon's own limit on windows: 16 MiB of counts, for a file of 16 GiB. Longer files are asked about in pieces.
const MOST_PAGES = 4 * 1024 * 1024;

/**
 * Asks mincore page by page. True or `unknown`: the same survey finds out whether the kernel would make its answers up.
 *
 * @param mostPages of a file that is asked about at once
 */
export async function exactPages(
  file: WarmFile,
  options: JobOptions,
  mostPages = MOST_PAGES,
): Promise<ExactPages> {
  const { pageSize } = addon().features();
  const [found] = await measureByMincore([file], { ...options, window: pageSize, mostWindows: mostPages });
  if (!found) throw new RangeError('one file, and no measurement of it');
  if (found.state === 'unknown') return found;
  const { survey } = found;
  const pages = Math.ceil(survey.size / pageSize);
  if (pages <= 1 || survey.window === pageSize) {
    const resident = runsOfFlags(survey.cachedByWindow ?? Uint32Array.of(survey.cached));
    return { ...found, resident, data: survey.dataByWindow ? runsOfFlags(survey.dataByWindow) : null };
  }
  const dataPages = survey.dataByWindow?.reduce((sum, data) => sum + data, 0) ?? pages;
  if (dataPages < pages) return { state: 'unknown', survey, reason: HOLES };
  return inPieces(file, found, mostPages * pageSize, options);
}

async function inPieces(
  file: WarmFile,
  found: KnownMeasurement,
  piece: number,
  options: JobOptions,
): Promise<ExactPages> {
  const parts: Runs[] = [];
  try {
    for (let offset = 0; offset < found.survey.size; offset += piece) {
      const { runs } = await mincore(pathBytes(file), { ...options, offset, length: piece });
      parts.push(runs);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    const { code, syscall, message } = error;
    const reason: UnknownReason = {
      code: 'unreadable',
      message,
      remedy: 'See the error code.',
      failure: { code, syscall, message },
    };
    return { state: 'unknown', survey: found.survey, reason };
  }
  return { ...found, resident: joinRuns(parts), data: null };
}

const HOLES: UnknownReason = {
  code: 'unsupported',
  message: 'The file has holes and is too long to tell them from its data page by page.',
  remedy: 'Copy it without holes (cp --sparse=never), or work with the whole file.',
};
