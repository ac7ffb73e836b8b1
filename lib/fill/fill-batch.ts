import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { FileFailure } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawCancelToken } from '../native/addon-types.ts';
import { joinColumns } from '../native/columns.ts';
import type { RawFill, RawFillOutcomes, RawFillProgress, RawFillTrouble } from '../native/fill-types.ts';
import { type JobOptions, toRawPriority, withToken } from '../native/job.ts';
import { isRawFailure, toFileFailure, toSystemError } from '../native/system-error.ts';
import { pathBytes } from '../targets/index.ts';
import { toIdentities } from './identities.ts';
import type { Pass } from './pass.ts';
import type { RateLimit } from './rate-limit.ts';
import type { PlannedFile } from './types.ts';

// What one thread takes in one piece: long enough for sequential read-ahead, short enough to share the end fairly.
const STRETCH_BYTES = 64 * 1024 * 1024;
const PROGRESS_MS = 100;
// A device that is gone may answer after minutes, or never: whoever ends a fill gets what there is by then.
const ABANDON_MS = 1000;

/** Files of one pass that are handed to the addon together. */
export interface Batch {
  readonly files: readonly PlannedFile[];
  readonly pass: Pass;
}

export interface BatchOptions extends JobOptions {
  /** Each of them limits the fill. */
  readonly rates: readonly RateLimit[];
  /** Called once, with the fill that was started. */
  readonly onStart: (fill: RawFill) => void;
  /** Called about ten times a second, and once at the end. */
  readonly onProgress: ((progress: RawFillProgress) => void) | undefined;
}

/** Reads a batch, and reports until it is done. */
export async function fillBatch(batch: Batch, options: BatchOptions): Promise<Awaited<RawFill['promise']>> {
  // A token in any case: the caller's own onProgress may throw, and that ends the fill, too.
  return withToken(options.signal ?? new AbortController().signal, async (token) => {
    const fill = startFill(batch, options, token);
    options.onStart(fill);
    const report = (): void => options.onProgress?.(fill.progress());
    const finished = new AbortController();
    const reporting = options.onProgress
      ? reportUntil(finished.signal, report).catch((error: unknown) => {
          if (token) addon().cancel(token);
          return { error };
        })
      : undefined;
    const result = await Promise.race([fill.promise, abandoned(fill, options.signal, finished.signal)])
      .catch((error: unknown) => {
        throw isRawFailure(error) ? toSystemError(error) : error;
      })
      .finally(() => finished.abort());
    const broken = await reporting;
    if (broken) throw broken.error;
    report();
    return result;
  });
}

function startFill(
  { files, pass }: Batch,
  { priority, rates }: BatchOptions,
  token: RawCancelToken | null,
): RawFill {
  const { engine, streams, windowBytes, smallBytes, touch } = pass.choice;
  const stretch = Math.max(pass.stretchBytes ?? STRETCH_BYTES, windowBytes);
  return addon().startFill(
    {
      paths: files.map(({ file }) => pathBytes(file)),
      identities: toIdentities(files),
      ...joinColumns(
        files.map(({ extents }) => extents),
        3,
      ),
    },
    {
      engine,
      // No more threads than there are pieces to take.
      streams: Math.min(streams, countStretches(files, stretch)),
      window: windowBytes,
      stretch,
      small: smallBytes,
      touch,
      limiters: rates.map(({ raw }) => raw),
    },
    toRawPriority(priority),
    token,
  );
}

function countStretches(files: readonly PlannedFile[], stretch: number): number {
  const ofFile = ({ extents }: PlannedFile): number =>
    extents.reduce((sum, value, index) => sum + (index % 3 === 1 ? Math.ceil(value / stretch) : 0), 0);
  return Math.max(
    1,
    files.reduce((sum, file) => sum + ofFile(file), 0),
  );
}

/** What was read a moment after the abort, for a fill that doesn't end with it: its threads wait for the device. */
async function abandoned(
  fill: RawFill,
  signal: AbortSignal | undefined,
  finished: AbortSignal,
): Promise<RawFillOutcomes> {
  if (signal && !signal.aborted) await once(signal, 'abort', { signal: finished }).catch(() => undefined);
  await delay(ABANDON_MS, undefined, { signal: finished }).catch(() => undefined);
  return signal?.aborted ? fill.outcomes() : fill.promise;
}

async function reportUntil(signal: AbortSignal, report: () => void): Promise<undefined> {
  while (!signal.aborted) {
    report();
    await delay(PROGRESS_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What went wrong with one file, in words. */
export function toFailure({ fate, error, failedAt }: RawFillTrouble): FileFailure {
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
