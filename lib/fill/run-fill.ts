import { setTimeout as delay } from 'node:timers/promises';
import type { FileFailure } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawCancelToken, RawFill, RawFillOutcomes, RawFillTrouble } from '../native/addon-types.ts';
import { joinColumns } from '../native/columns.ts';
import { type JobOptions, toRawPriority, withToken } from '../native/job.ts';
import { isRawFailure, toFileFailure, toSystemError } from '../native/system-error.ts';
import { pathBytes } from '../targets/index.ts';
import { toPasses } from './exact-end.ts';
import type { Pass } from './pass.ts';
import type { RateLimit } from './rate-limit.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

export interface FillOutcome {
  /** Of the missing bytes. */
  readonly read: number;
  readonly failure: FileFailure | null;
}

export const NOTHING_DONE: FillOutcome = { read: 0, failure: null };

export interface FillRunResult {
  /** In the order of the files given, {@link NOTHING_DONE} for those it was stopped before. */
  readonly outcomes: readonly FillOutcome[];
  readonly seconds: number;
  /** Before everything was attempted. */
  readonly aborted: boolean;
  readonly priorityFailure: FileFailure | null;
}

interface RunOptions extends JobOptions {
  /** Each of them limits the fill. */
  readonly rates: readonly RateLimit[];
  /** Called before anything is read, with a way to ask how many of the missing bytes were read so far. */
  readonly onStart?: ((readBytes: () => number) => void) | undefined;
  readonly onProgress?: ((done: { readonly read: number; readonly filesDone: number }) => void) | undefined;
}

// A batch's paths and extents are held twice, here and in the addon: batches bound that.
const FILES_A_BATCH = 4096;
// What one thread takes in one piece: long enough for sequential read-ahead, short enough to share the end fairly.
const STRETCH_BYTES = 64 * 1024 * 1024;
const PROGRESS_MS = 100;

/** Reads what a plan says. Aborting ends it within a window and keeps what was done. */
export async function runFill(
  files: readonly PlannedFile[],
  choice: EngineChoice,
  options: RunOptions,
): Promise<FillRunResult> {
  const outcomes: FillOutcome[] = files.map(() => NOTHING_DONE);
  let priorityFailure: FileFailure | null = null;
  let readBefore = 0;
  let running: RawFill | null = null;
  options.onStart?.(() => readBefore + (running?.progress().read ?? 0));
  const started = performance.now();
  const passes = toPasses(files, choice);
  // With one pass, what is at a place among its files is there among all.
  const places = passes.length > 1 ? new Map(files.map(({ file }, at) => [file, at])) : null;
  const placeOf = (planned: PlannedFile | undefined, at: number): number =>
    (places && planned && places.get(planned.file)) ?? at;
  for (const [index, pass] of passes.entries()) {
    // A file that a later pass goes on with isn't done yet.
    const most = files.length - countFiles(passes.slice(index + 1));
    const ahead = files.length - countFiles(passes.slice(index));
    for (let start = 0; start < pass.files.length && !options.signal?.aborted; start += FILES_A_BATCH) {
      const batch = pass.files.slice(start, start + FILES_A_BATCH);
      const report = (fill: RawFill): void => {
        const { read, filesDone } = fill.progress();
        options.onProgress?.({
          read: readBefore + read,
          filesDone: Math.min(ahead + start + filesDone, most),
        });
      };
      const result = await runBatch(batch, pass.choice, options, report, (fill) => {
        running = fill;
      });
      running = null;
      if (result.priorityError) priorityFailure = toFileFailure(result.priorityError);
      readBefore += addUp(outcomes, result, (at) => placeOf(batch[at], start + at));
    }
  }
  const seconds = (performance.now() - started) / 1000;
  // A signal that came behind the last byte stopped nothing.
  const complete = files.every(({ toRead }, at) => {
    const { failure, read } = outcomes[at] ?? NOTHING_DONE;
    return failure !== null || read >= toRead;
  });
  return { outcomes, seconds, aborted: !complete && (options.signal?.aborted ?? false), priorityFailure };
}

/** Passes may share files. */
function countFiles(passes: readonly Pass[]): number {
  if (passes.length <= 1) return passes[0]?.files.length ?? 0;
  return new Set(passes.flatMap(({ files }) => files.map(({ file }) => file))).size;
}

/** Adds a batch's outcomes to those of the whole; what it read. */
function addUp(
  outcomes: FillOutcome[],
  { read, troubles }: RawFillOutcomes,
  placeOf: (at: number) => number,
): number {
  const failures = new Map(troubles.map((trouble) => [trouble.index, toFailure(trouble)]));
  read.forEach((bytes, at) => {
    const place = placeOf(at);
    const before = outcomes[place] ?? NOTHING_DONE;
    const failure = before.failure ?? failures.get(at) ?? null;
    if (bytes > 0 || failure) outcomes[place] = { read: before.read + bytes, failure };
  });
  return read.reduce((sum, bytes) => sum + bytes, 0);
}

async function runBatch(
  batch: readonly PlannedFile[],
  choice: EngineChoice,
  options: RunOptions,
  report: (fill: RawFill) => void,
  started: (fill: RawFill) => void,
): Promise<Awaited<RawFill['promise']>> {
  // A token in any case: the caller's own onProgress may throw, and that ends the fill, too.
  return withToken(options.signal ?? new AbortController().signal, async (token) => {
    const fill = startFill(batch, choice, options, token);
    started(fill);
    const finished = new AbortController();
    const reporting = options.onProgress
      ? reportUntil(finished.signal, () => report(fill)).catch((error: unknown) => {
          if (token) addon().cancel(token);
          return { error };
        })
      : undefined;
    const result = await fill.promise
      .catch((error: unknown) => {
        throw isRawFailure(error) ? toSystemError(error) : error;
      })
      .finally(() => finished.abort());
    const broken = await reporting;
    if (broken) throw broken.error;
    report(fill);
    return result;
  });
}

function startFill(
  batch: readonly PlannedFile[],
  { engine, streams, windowBytes, smallBytes }: EngineChoice,
  { priority, rates }: RunOptions,
  token: RawCancelToken | null,
): RawFill {
  return addon().startFill(
    {
      paths: batch.map(({ file }) => pathBytes(file)),
      identities: BigUint64Array.from(batch.flatMap(({ file }) => [file.dev, file.ino])),
      ...joinColumns(
        batch.map(({ extents }) => extents),
        3,
      ),
    },
    {
      engine,
      // No more threads than there are pieces to take.
      streams: Math.min(streams, countStretches(batch)),
      window: windowBytes,
      stretch: Math.max(STRETCH_BYTES, windowBytes),
      small: smallBytes,
      limiters: rates.map(({ raw }) => raw),
    },
    toRawPriority(priority),
    token,
  );
}

function countStretches(batch: readonly PlannedFile[]): number {
  const ofFile = ({ extents }: PlannedFile): number =>
    extents.reduce((sum, value, index) => sum + (index % 3 === 1 ? Math.ceil(value / STRETCH_BYTES) : 0), 0);
  return Math.max(
    1,
    batch.reduce((sum, file) => sum + ofFile(file), 0),
  );
}

async function reportUntil(signal: AbortSignal, report: () => void): Promise<undefined> {
  while (!signal.aborted) {
    report();
    await delay(PROGRESS_MS, undefined, { signal }).catch(() => undefined);
  }
}

function toFailure({ fate, error, failedAt }: RawFillTrouble): FileFailure {
  switch (fate) {
    case 'truncated':
      return {
        code: 'WARMSET_FILE_TRUNCATED',
        syscall: undefined,
        message: `the file became shorter during the fill (seen at offset ${failedAt})`,
      };
    case 'replaced':
      return {
        code: 'WARMSET_FILE_REPLACED',
        syscall: undefined,
        message: 'another file took its place during the fill; resolve the targets again',
      };
    case 'failed': {
      const failure = error
        ? toFileFailure(error)
        : { code: 'EIO', syscall: undefined, message: 'read failed' };
      return { ...failure, message: `${failure.message} (first seen at offset ${failedAt})` };
    }
  }
}
