import { setTimeout as delay } from 'node:timers/promises';
import type { FileFailure } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawCancelToken, RawFill, RawFillOutcome } from '../native/addon-types.ts';
import { type JobOptions, toRawPriority, withToken } from '../native/job.ts';
import { isRawFailure, toFileFailure, toSystemError } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { toPasses } from './exact-end.ts';
import type { Pass } from './pass.ts';
import type { RateLimit } from './rate-limit.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

export interface FillOutcome {
  /** Of the missing bytes. */
  readonly read: number;
  /** Bytes gone through, missing or not. */
  readonly filled: number;
  readonly failure: FileFailure | null;
}

export const NOTHING_DONE: FillOutcome = { read: 0, filled: 0, failure: null };

export interface FillRunResult {
  /** In the order of the files given, {@link NOTHING_DONE} for those it was stopped before. */
  readonly outcomes: readonly FillOutcome[];
  readonly seconds: number;
  /** Before everything was attempted. */
  readonly aborted: boolean;
  readonly priorityFailure: FileFailure | null;
}

interface RunOptions extends JobOptions {
  readonly rate?: RateLimit | undefined;
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
  const done = new Map<WarmFile, FillOutcome>();
  let priorityFailure: FileFailure | null = null;
  const started = performance.now();
  const passes = toPasses(files, choice);
  for (const [index, pass] of passes.entries()) {
    // A file that a later pass goes on with isn't done yet.
    const most = files.length - filesOf(passes.slice(index + 1)).size;
    const ahead = files.length - filesOf(passes.slice(index)).size;
    for (let start = 0; start < pass.files.length && !options.signal?.aborted; start += FILES_A_BATCH) {
      const batch = pass.files.slice(start, start + FILES_A_BATCH);
      const readBefore = [...done.values()].reduce((sum, { read }) => sum + read, 0);
      const report = (fill: RawFill): void => {
        const { read, filesDone } = fill.progress();
        options.onProgress?.({
          read: readBefore + read,
          filesDone: Math.min(ahead + start + filesDone, most),
        });
      };
      const result = await runBatch(batch, pass.choice, options, report);
      if (result.priorityError) priorityFailure = toFileFailure(result.priorityError);
      batch.forEach(({ file }, at) => {
        const outcome = result.files[at];
        if (outcome) done.set(file, addUp(done.get(file), toOutcome(outcome)));
      });
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const outcomes = files.map(({ file }) => done.get(file) ?? NOTHING_DONE);
  // A signal that came behind the last byte stopped nothing.
  const complete = files.every(({ toRead }, at) => {
    const outcome = outcomes[at] ?? NOTHING_DONE;
    return outcome.failure !== null || outcome.read >= toRead;
  });
  return { outcomes, seconds, aborted: !complete && (options.signal?.aborted ?? false), priorityFailure };
}

function filesOf(passes: readonly Pass[]): ReadonlySet<WarmFile> {
  return new Set(passes.flatMap(({ files }) => files.map(({ file }) => file)));
}

function addUp(before: FillOutcome | undefined, after: FillOutcome): FillOutcome {
  if (!before) return after;
  return {
    read: before.read + after.read,
    filled: before.filled + after.filled,
    failure: before.failure ?? after.failure,
  };
}

async function runBatch(
  batch: readonly PlannedFile[],
  choice: EngineChoice,
  options: RunOptions,
  report: (fill: RawFill) => void,
): Promise<Awaited<RawFill['promise']>> {
  // A token in any case: the caller's own onProgress may throw, and that ends the fill, too.
  return withToken(options.signal ?? new AbortController().signal, async (token) => {
    const fill = startFill(batch, choice, options, token);
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
  { priority, rate }: RunOptions,
  token: RawCancelToken | null,
): RawFill {
  return addon().startFill(
    batch.map(({ file, extents }) => ({ path: pathBytes(file), dev: file.dev, ino: file.ino, extents })),
    {
      engine,
      // No more threads than there are pieces to take.
      streams: Math.min(streams, countStretches(batch)),
      window: windowBytes,
      stretch: Math.max(STRETCH_BYTES, windowBytes),
      small: smallBytes,
      limiter: rate?.raw ?? null,
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

function toOutcome({ read, filled, fate, error, failedAt }: RawFillOutcome): FillOutcome {
  return { read, filled, failure: failureOf(fate, error, failedAt) };
}

function failureOf(
  fate: RawFillOutcome['fate'],
  error: RawFillOutcome['error'],
  failedAt = 0,
): FileFailure | null {
  switch (fate) {
    case 'fine':
      return null;
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
