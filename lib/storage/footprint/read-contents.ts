import { isSystemError, WarmsetError } from '../../errors.ts';
import type { HostGuard } from '../../fill/index.ts';
import type { RawRateLimiter } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { readHash, readSample } from './fingerprint.ts';
import type { LocalFile } from './gather.ts';
import type { InventoryFailure } from './types.ts';

export interface ReadingSummary {
  readonly readBytes: number;
  /** Pages that reading left in the cache; `null` where mincore doesn't say. */
  readonly leftPages: number | null;
  /** Why the guard ended it, in words. */
  readonly stopped: string | null;
  readonly failures: readonly InventoryFailure[];
}

export interface ReadContentsOptions extends JobOptions {
  /** `false`: at full speed, whoever waits for the device. */
  readonly guard: HostGuard | false;
  /** After every so many bytes. */
  readonly checkpoint?: (() => Promise<void>) | undefined;
  readonly onProgress?: ((readBytes: number, allBytes: number) => void) | undefined;
}

const CHECKPOINT_BYTES = 16 * 2 ** 30;
const SAMPLE_BYTES = 2 << 16;
// Heads and tails of many files are single reads: several may wait for the device together.
const SAMPLES_AT_ONCE = 4;

/** Reads heads and tails of files (`sample`) or all of them (`hash`) and writes what came of it into their records. */
export async function readContents(
  kind: 'sample' | 'hash',
  files: readonly LocalFile[],
  options: ReadContentsOptions,
): Promise<ReadingSummary> {
  let readBytes = 0;
  let leftPages: number | null = 0;
  let lastCheckpoint = 0;
  const failures: InventoryFailure[] = [];
  const all = files.reduce(
    (sum, { record }) => sum + (kind === 'hash' ? record.size : Math.min(record.size, SAMPLE_BYTES)),
    0,
  );
  const one = async (
    file: LocalFile,
    signal: AbortSignal | undefined,
    limiter?: RawRateLimiter,
  ): Promise<void> => {
    const reading = {
      ...{ signal, limiter, priority: options.priority },
      onRead: (bytes: number, left: number | null) => {
        readBytes += bytes;
        leftPages = left === null || leftPages === null ? null : leftPages + left;
        options.onProgress?.(readBytes, all);
      },
    };
    try {
      file.record =
        kind === 'hash'
          ? { ...file.record, hash: { hex: await readHash(file.readable, reading), from: 'read' } }
          : { ...file.record, sample: await readSample(file.readable, reading) };
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(toFailure(file, error));
    }
    if (readBytes - lastCheckpoint < CHECKPOINT_BYTES) return;
    lastCheckpoint = readBytes;
    await options.checkpoint?.();
  };
  const work = (signal: AbortSignal | undefined, limiter?: RawRateLimiter): Promise<void> =>
    eachOf(files, kind === 'hash' ? 1 : SAMPLES_AT_ONCE, (file) => one(file, signal, limiter));
  const stopped = await guarded(files, options, () => readBytes, work);
  return { readBytes, leftPages, stopped, failures };
}

/** Why the guard stopped it, or `null`. */
async function guarded(
  files: readonly LocalFile[],
  { guard, signal }: ReadContentsOptions,
  readBytes: () => number,
  work: (signal: AbortSignal | undefined, limiter?: RawRateLimiter) => Promise<void>,
): Promise<string | null> {
  if (files.length === 0) return null;
  if (guard === false) return work(signal).then(() => null);
  const set = files.map(({ record: { path }, readable: { path: raw, dev, ino, size } }) =>
    Buffer.isBuffer(raw) ? { path, rawPath: raw, dev, ino, size } : { path, dev, ino, size },
  );
  const { stopped } = await guard.watch(set, signal, async (fill) => {
    fill.onStart(readBytes);
    await work(fill.signal, guard.rate.raw).catch((error: unknown) => {
      // Stopped by the guard: what is done until then counts.
      if (!fill.signal.aborted || signal?.aborted) throw error;
    });
  });
  return stopped?.message ?? null;
}

async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const pending = items.values();
  const runner = async (): Promise<void> => {
    for (const item of pending) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
}

function toFailure({ record: { node, path } }: LocalFile, error: unknown): InventoryFailure {
  if (isSystemError(error) || WarmsetError.is(error)) {
    return { node, path, code: error.code, message: error.message };
  }
  throw error;
}
