import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RawPath } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { readRange } from '../../native/read-range.ts';
import { lookUp } from '../listing.ts';
import { nameOf } from '../path-names.ts';
import { nameModel } from '../tensors/bad-model.ts';
import { jsonLength, LENGTH_BYTES, type SafetensorsTable, scanSafetensors } from './parse.ts';

/**
 * Reads the header of a safetensors file, and nothing behind it. Bounded: 100 MB of JSON as the format limits it, 262,144
 * tensors, names of 4 KiB; the event loop stays free meanwhile.
 *
 * @throws WarmsetError `WARMSET_BAD_MODEL` for a header that is damaged, hostile or cut off, with the place
 * @throws SystemError as open(2) and pread(2) fail
 */
export async function readSafetensors(path: RawPath, options: JobOptions = {}): Promise<SafetensorsTable> {
  try {
    const { size } = await lookUp(path, options);
    const start = await readRange(path, { ...options, length: LENGTH_BYTES });
    const length = LENGTH_BYTES + jsonLength(start, size);
    const turns = scanSafetensors(await readInPieces(path, length, options), size);
    for (;;) {
      const turn = turns.next();
      if (turn.done) return turn.value;
      await nextTurn(undefined, { signal: options.signal });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw nameModel(error, nameOf(path).path);
  }
}

// Handing a piece to JavaScript copies it, which holds the event loop: for a tenth of a second and more were it 100 MB.
const PIECE_BYTES = 4 * 1024 * 1024;

/** The file's first bytes; fewer where it ends earlier by now. */
async function readInPieces(path: RawPath, length: number, options: JobOptions): Promise<Buffer> {
  if (length <= PIECE_BYTES) return readRange(path, { ...options, length });
  const bytes = Buffer.allocUnsafe(length);
  for (let offset = 0; offset < length; ) {
    const piece = await readRange(path, {
      ...options,
      offset,
      length: Math.min(PIECE_BYTES, length - offset),
    });
    if (piece.length === 0) return bytes.subarray(0, offset);
    offset += piece.copy(bytes, offset);
  }
  return bytes;
}
