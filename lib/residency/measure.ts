import { addon } from '../native/addon.ts';
import type { RawFailure, RawSurvey, RawSurveyOptions } from '../native/addon-types.ts';
import { toSurveys } from '../native/columns.ts';
import { inOrder } from '../native/in-order.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { isRawFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { deviceActivity } from './device-activity.ts';
import { type Judgement, judge } from './judge.ts';
import type { UnknownReason } from './types.ts';
import { whyNot } from './why-not.ts';

/** What one file's survey came to: a count by somebody to be believed, or why there is none. */
export type Measurement =
  | { readonly state: 'known'; readonly survey: RawSurvey; readonly source: 'cachestat' | 'mincore' }
  | { readonly state: 'unknown'; readonly survey: RawSurvey | undefined; readonly reason: UnknownReason };

export interface MeasureOptions extends JobOptions {
  /** Bytes a window, a multiple of the page size; 0 for totals only. */
  readonly window: number;
  /** Windows double until a file has no more than these. */
  readonly mostWindows: number;
  /** Count every page by mincore wherever anything is cached. */
  readonly exact?: boolean | undefined;
}

// Enough that the cost of a job disappears behind its files, few enough that memory stays small and a cancel is quick.
const FILES_A_JOB = 256;

// One more than keeps two threads busy while JavaScript looks at what a third brought.
const JOBS_AT_ONCE = 3;

// One page in each window that is said to be all or nothing; docs/residency.md says what this can and can't find.
const SAMPLES = 64;

// Files of no more pages than these are compared whole, but no more of them than that: a mapping for each of 50,000 small
// files took longer than everything else that is asked of them, and threads wait for each other with it.
const FILES_COMPARED = 1024;

/** Measures files in their order, a few hundred at a time. */
export async function* measure(
  files: readonly WarmFile[],
  options: MeasureOptions,
): AsyncGenerator<readonly Measurement[]> {
  const { cachestat } = addon().features();
  const first = cachestat === 'available' ? 'cachestat' : 'mincore';
  const compareEvery = Math.max(1, Math.floor(files.length / FILES_COMPARED));
  const contradicted = new Set<bigint>();
  yield* inOrder(files, FILES_A_JOB, JOBS_AT_ONCE, async (slice) => {
    options.signal?.throwIfAborted();
    return measureBatch(slice, { source: first, samples: SAMPLES, compareEvery }, contradicted, options);
  });
}

/** @param contradicted devices on which mincore has contradicted cachestat; those found here are added */
async function measureBatch(
  files: readonly WarmFile[],
  how: Pick<RawSurveyOptions, 'source' | 'samples' | 'compareEvery'>,
  contradicted: Set<bigint>,
  options: MeasureOptions,
): Promise<readonly Measurement[]> {
  const surveys = await survey(files, how, options);
  // Where nothing is cached nothing can be in flight.
  const counted = surveys.filter((found): found is RawSurvey => !isRawFailure(found) && found.cached > 0);
  const devices = await deviceActivity(counted.map((found) => found.dev));
  for (const { dev, disagreed } of counted) if (disagreed > 0) contradicted.add(dev);
  const outcomes = surveys.map((found, index): Measurement | Judgement => {
    const refused = refuse(found, files[index]);
    if (refused) return refused;
    const known = found as RawSurvey;
    const doubted = options.exact || contradicted.has(known.dev);
    const judgement = judge(known, how.source, {
      device: doubted ? 'unknown' : (devices.get(known.dev) ?? 'unknown'),
    });
    return judgement.verdict === 'ask-mincore' ? judgement : conclude(judgement, known);
  });
  await askMincore(files, outcomes, options);
  return outcomes as Measurement[];
}

/** Puts a measurement in the place of every judgement that asks for mincore. */
async function askMincore(
  files: readonly WarmFile[],
  outcomes: (Measurement | Judgement)[],
  options: MeasureOptions,
): Promise<void> {
  for (const emptyIsTrue of [true, false]) {
    const indices = outcomes.flatMap((outcome, index) =>
      'verdict' in outcome && outcome.verdict === 'ask-mincore' && outcome.emptyIsTrue === emptyIsTrue
        ? [index]
        : [],
    );
    const asked = indices.flatMap((index) => files[index] ?? []);
    if (asked.length === 0) continue;
    const surveys = await survey(asked, { source: 'mincore', trustEmpty: emptyIsTrue }, options);
    indices.forEach((index, at) => {
      outcomes[index] = concludeMincore(surveys[at], files[index]);
    });
  }
}

/**
 * Files page by page, by mincore alone: with windows of one page, which pages these are. Not to be had (`unknown`) where
 * the kernel would make its answers up.
 */
export async function measureByMincore(
  files: readonly WarmFile[],
  options: MeasureOptions,
): Promise<readonly Measurement[]> {
  // Not past what cachestat calls empty: asked page by page, it would cost a call for each.
  const surveys = await survey(files, { source: 'mincore', trustEmpty: false }, options);
  return surveys.map((found, index) => concludeMincore(found, files[index]));
}

function concludeMincore(found: RawSurvey | RawFailure | undefined, file: WarmFile | undefined): Measurement {
  const refused = refuse(found, file);
  return refused ?? conclude(judge(found as RawSurvey, 'mincore', { device: 'quiet' }), found as RawSurvey);
}

async function survey(
  files: readonly WarmFile[],
  how: Pick<RawSurveyOptions, 'source'> & Partial<RawSurveyOptions>,
  options: MeasureOptions,
): Promise<readonly (RawSurvey | RawFailure)[]> {
  const { window, mostWindows } = options;
  const asked = { window, mostWindows, samples: 0, compareEvery: 1, trustEmpty: false, ...how };
  const columns = await runJob(options, undefined, (...job) =>
    addon().survey(files.map(pathBytes), asked, ...job),
  );
  return toSurveys(columns);
}

function refuse(
  found: RawSurvey | RawFailure | undefined,
  file: WarmFile | undefined,
): Measurement | undefined {
  if (found === undefined || file === undefined)
    throw new RangeError('a survey and its files differ in number');
  const reason = whyNot(found, file);
  if (reason === undefined) return undefined;
  return { state: 'unknown', survey: isRawFailure(found) ? undefined : found, reason };
}

function conclude(judgement: Judgement, survey: RawSurvey): Measurement {
  if (judgement.verdict === 'believe') return { state: 'known', survey, source: judgement.source };
  if (judgement.verdict === 'unknown') return { state: 'unknown', survey, reason: judgement.reason };
  const reason: UnknownReason = {
    code: 'unsupported',
    message: 'Neither cachestat nor mincore answers for this file.',
    remedy: 'Kernels from 6.5 on have cachestat.',
  };
  return { state: 'unknown', survey, reason };
}
