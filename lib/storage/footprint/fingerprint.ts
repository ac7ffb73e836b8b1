import { createHash } from 'node:crypto';
import { WarmsetError } from '../../errors.ts';
import type { RawPath, RawRateLimiter } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { readQuietly } from '../../native/storage.ts';

const END_BYTES = 1 << 16;
const PIECE_BYTES = 1 << 22;

/** A file to be read, as it was when it was found. */
export interface Readable {
  readonly path: RawPath;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
}

export interface ReadingOptions extends JobOptions {
  readonly limiter?: RawRateLimiter | undefined;
  /** Told of every piece: what was read, and how many pages it left in the cache (`null`: not known). */
  readonly onRead?: ((bytes: number, left: number | null) => void) | undefined;
}

/** sha256 of the first and last 64 KiB: enough to tell files of one size apart, not to call them equal for certain. */
export async function readSample(file: Readable, options: ReadingOptions): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await piece(file, 0, Math.min(END_BYTES, file.size), options));
  const tail = Math.max(END_BYTES, file.size - END_BYTES);
  if (tail < file.size) hash.update(await piece(file, tail, file.size - tail, options));
  return hash.digest('hex');
}

/** sha256 of all of it. The next piece is read while one is hashed. */
export async function readHash(file: Readable, options: ReadingOptions): Promise<string> {
  const hash = createHash('sha256');
  const start = (offset: number): Promise<Buffer> | null =>
    offset < file.size ? piece(file, offset, Math.min(PIECE_BYTES, file.size - offset), options) : null;
  let next = start(0);
  for (let offset = 0; next !== null; ) {
    const bytes = await next;
    offset += bytes.length;
    next = start(offset);
    // Awaited at the next turn: until then nobody else would catch its failure.
    next?.catch(() => undefined);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

async function piece(
  file: Readable,
  offset: number,
  length: number,
  options: ReadingOptions,
): Promise<Buffer> {
  options.signal?.throwIfAborted();
  const { bytes, left } = await readQuietly(file, { ...options, offset, length });
  options.signal?.throwIfAborted();
  if (bytes.length < length) {
    throw new WarmsetError('WARMSET_FILE_TRUNCATED', 'The file became shorter while it was read.', {
      subject: file.path.toString(),
      remedy: 'Run it again when nobody writes there.',
    });
  }
  options.onRead?.(bytes.length, left);
  return bytes;
}
