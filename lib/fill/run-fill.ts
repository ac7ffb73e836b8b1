import { setTimeout as delay } from 'node:timers/promises';
import type { FileFailure } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawFill, RawFillOutcome } from '../native/addon-types.ts';
import { type JobOptions, toRawPriority, withToken } from '../native/job.ts';
import { isRawFailure, toFileFailure, toSystemError } from '../native/system-error.ts';
import { pathBytes } from '../targets/index.ts';
import type { EngineChoice, PlannedFile } from './types.ts';

export interface FillOutcome {
  /** Of the missing bytes. */
  readonly read: number;
  /** Bytes gone through, missing or not. */
  readonly filled: number;
  readonly failure: FileFailure | null;
}

export interface FillRunResult {
  /** In the order of the files given; fewer when stopped early. */
  readonly outcomes: readonly FillOutcome[];
  readonly seconds: number;
  readonly aborted: boolean;
  readonly priorityFailure: FileFailure | null;
}

interface RunOptions extends JobOptions {
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
  const outcomes: FillOutcome[] = [];
  let priorityFailure: FileFailure | null = null;
  const started = performance.now();
  for (let start = 0; start < files.length && !options.signal?.aborted; start += FILES_A_BATCH) {
    const batch = files.slice(start, start + FILES_A_BATCH);
    const readBefore = outcomes.reduce((sum, { read }) => sum + read, 0);
    const report = (fill: RawFill): void => {
      const { read, filesDone } = fill.progress();
      options.onProgress?.({ read: readBefore + read, filesDone: start + filesDone });
    };
    const result = await runBatch(batch, choice, options, report);
    if (result.priorityError) priorityFailure = toFileFailure(result.priorityError);
    for (const outcome of result.files) outcomes.push(toOutcome(outcome));
  }
  const seconds = (performance.now() - started) / 1000;
  return { outcomes, seconds, aborted: options.signal?.aborted ?? false, priorityFailure };
}

async function runBatch(
  batch: readonly PlannedFile[],
  choice: EngineChoice,
  options: RunOptions,
  report: (fill: RawFill) => void,
): Promise<Awaited<RawFill['promise']>> {
  return withToken(options.signal, async (token) => {
    const fill = addon().startFill(
      batch.map(({ file, extents }) => ({ path: pathBytes(file), dev: file.dev, ino: file.ino, extents })),
      {
        engine: choice.engine,
        streams: choice.streams,
        window: choice.windowBytes,
        stretch: Math.max(STRETCH_BYTES, choice.windowBytes),
      },
      toRawPriority(options.priority),
      token,
    );
    const finished = new AbortController();
    const reporting = options.onProgress ? reportUntil(finished.signal, () => report(fill)) : undefined;
    try {
      return await fill.promise;
    } catch (error) {
      throw isRawFailure(error) ? toSystemError(error) : error;
    } finally {
      finished.abort();
      await reporting;
      report(fill);
    }
  });
}

async function reportUntil(signal: AbortSignal, report: () => void): Promise<void> {
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
