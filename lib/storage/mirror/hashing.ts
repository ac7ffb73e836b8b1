import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RawRateLimiter } from '../../native/addon-types.ts';
import type { CopiedFile } from '../../native/copy.ts';
import type { JobOptions } from '../../native/job.ts';
import { readQuietly } from '../../native/storage.ts';

/**
 * sha256 by node:crypto, a MiB a turn: 0.6 ms with the processor's own instructions, 3 ms without. No thread of ours
 * could do it without a second implementation of it, and a worker would need a copy of every byte.
 */
export const PIECE_BYTES = 1 << 20;

const ZEROS = Buffer.alloc(PIECE_BYTES);

export function newHash(): Hash {
  return createHash('sha256');
}

/** What a hole reads as. */
export async function hashZeros(hash: Hash, bytes: number, signal?: AbortSignal): Promise<void> {
  for (let done = 0; done < bytes; done += PIECE_BYTES) {
    hash.update(ZEROS.subarray(0, Math.min(PIECE_BYTES, bytes - done)));
    await nextTurn();
    signal?.throwIfAborted();
  }
}

export interface HashFileOptions extends JobOptions {
  readonly limiter: RawRateLimiter | null;
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/**
 * Adds the first `length` bytes of a file as its device has them, past the page cache.
 *
 * @returns false where the file ends before
 */
export async function hashFile(
  hash: Hash,
  file: CopiedFile,
  length: number,
  options: HashFileOptions,
): Promise<boolean> {
  const { limiter, signal, priority } = options;
  const read = (offset: number) =>
    readQuietly(file, {
      ...{ signal, priority, offset, limiter: limiter ?? undefined },
      length: Math.min(PIECE_BYTES, length - offset),
    });
  let next = length > 0 ? read(0) : null;
  for (let offset = 0; next !== null; ) {
    const { bytes } = await next;
    if (bytes.length === 0) return false;
    offset += bytes.length;
    next = offset < length ? read(offset) : null;
    // Awaited at the next turn: until then nobody else would catch its failure.
    next?.catch(() => undefined);
    hash.update(bytes);
    options.onRead?.(bytes.length);
  }
  return true;
}
