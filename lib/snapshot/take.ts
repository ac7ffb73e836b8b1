import { addon } from '../native/addon.ts';
import type { JobOptions } from '../native/job.ts';
import { exactPages } from '../residency/exact-pages.ts';
import { type Measurement, measure } from '../residency/measure.ts';
import { NO_RUNS, type Runs } from '../residency/runs.ts';
import type { WarmFile } from '../targets/index.ts';
import type { RecordedFile, RecordedReason, Snapshot } from './types.ts';

export interface TakeOptions extends JobOptions {
  /** Called with the number of files recorded so far. */
  readonly onRecorded?: ((files: number) => void) | undefined;
}

// Spread the samples that cross-check the count, as in a query of residency.
const SAMPLED_WINDOWS = 64;

// Each may hold 16 MiB of counts.
const AT_ONCE = 4;

/**
 * Which pages of each file are resident now, page by page. Reads nothing of the files. One whose pages can't be known is
 * recorded as unknown with the reason, never as empty.
 */
export async function takeSnapshot(
  { files }: { readonly files: readonly WarmFile[] },
  options: TakeOptions = {},
): Promise<Snapshot> {
  const { pageSize } = addon().features();
  const recorded: RecordedFile[] = [];
  const windows = { window: pageSize * SAMPLED_WINDOWS, mostWindows: SAMPLED_WINDOWS };
  for await (const batch of measure(files, { ...options, ...windows })) {
    const start = recorded.length;
    const found = batch.flatMap((measurement, at) => {
      const file = files[start + at];
      return file ? [{ file, measurement }] : [];
    });
    for (const record of await recordBatch(found, options, pageSize)) recorded.push(record);
    options.onRecorded?.(recorded.length);
  }
  return { pageSize, savedAt: Date.now(), files: recorded };
}

interface Found {
  readonly file: WarmFile;
  readonly measurement: Measurement;
}

async function recordBatch(
  batch: readonly Found[],
  options: JobOptions,
  pageSize: number,
): Promise<readonly RecordedFile[]> {
  const records: RecordedFile[] = [];
  const queue = batch.entries();
  const worker = async (): Promise<void> => {
    for (const [index, found] of queue) {
      options.signal?.throwIfAborted();
      records[index] = await recordOne(found, options, pageSize);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return records;
}

async function recordOne(
  { file, measurement }: Found,
  options: JobOptions,
  pageSize: number,
): Promise<RecordedFile> {
  if (measurement.state === 'unknown') return toUnknown(file, measurement);
  const { survey, source } = measurement;
  const pages = Math.ceil(survey.size / pageSize);
  if (survey.cached === 0) return toKnown(file, measurement, NO_RUNS);
  if (source === 'mincore' && survey.cached === pages && !survey.dataByWindow) {
    return toKnown(file, measurement, Float64Array.of(0, pages));
  }
  const exact = await exactPages(file, options);
  return exact.state === 'unknown' ? toUnknown(file, exact) : toKnown(file, exact, exact.resident);
}

function toKnown(
  file: WarmFile,
  { survey }: Extract<Measurement, { readonly state: 'known' }>,
  runs: Runs,
): RecordedFile {
  const { size, modifiedNs } = survey;
  return { ...file, size, state: 'known', modifiedNs, runs };
}

function toUnknown(
  file: WarmFile,
  { survey, reason }: Extract<Measurement, { readonly state: 'unknown' }>,
): RecordedFile {
  const { code, message, remedy } = reason;
  const recorded: RecordedReason = { code, message, remedy };
  const identity = survey ? { ...file, size: survey.size } : file;
  return { ...identity, state: 'unknown', modifiedNs: survey?.modifiedNs ?? null, reason: recorded };
}
