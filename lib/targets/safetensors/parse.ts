import { isUtf8 } from 'node:buffer';
import { badModel } from '../tensors/bad-model.ts';
import { MOST_NAME_BYTES, MOST_TENSORS, type Tensor, type TensorTable } from '../tensors/tensor.ts';
import { JsonCursor } from './json-cursor.ts';
import { checkLayout, checkShape } from './layout.ts';

export interface SafetensorsTable extends TensorTable {
  readonly format: 'safetensors';
}

/** Bytes of JSON, as the format itself limits it. */
export const MOST_HEADER_BYTES = 100_000_000;

/** Bytes of the length before the JSON. */
export const LENGTH_BYTES = 8;

const MOST_DIMENSIONS = 64;
const MOST_DTYPE_BYTES = 32;

/**
 * The length of the JSON that a file begins with, in bytes. Pure.
 *
 * @param start at least the file's first eight bytes, where it has them
 * @throws WarmsetError `WARMSET_BAD_MODEL`
 */
export function jsonLength(start: Buffer, fileSize: number): number {
  if (fileSize < LENGTH_BYTES || start.length < LENGTH_BYTES) {
    throw badModel('it ends in the length of its header', fileSize);
  }
  const length = start.readBigUInt64LE(0);
  if (length > MOST_HEADER_BYTES) {
    throw badModel(`its header claims ${length} bytes, and may have ${MOST_HEADER_BYTES}`, 0);
  }
  if (Number(length) > fileSize - LENGTH_BYTES) {
    throw badModel(`its header claims ${length} bytes, but the file has ${fileSize}: it is cut off`, 0);
  }
  return Number(length);
}

/**
 * A safetensors header. Pure.
 *
 * @param bytes the file's beginning, up to the end of the JSON at least
 * @throws WarmsetError `WARMSET_BAD_MODEL` with the byte at which something is wrong
 */
export function parseSafetensorsHeader(bytes: Buffer, fileSize: number): SafetensorsTable {
  const turns = scanSafetensors(bytes, fileSize);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
  }
}

/** The same in turns of a few milliseconds, between which others may go on. */
export function* scanSafetensors(bytes: Buffer, fileSize: number): Generator<void, SafetensorsTable> {
  const headerLength = LENGTH_BYTES + jsonLength(bytes, fileSize);
  if (bytes.length < headerLength) throw badModel('it ends in its header', bytes.length);
  // Of the legal maximum in one turn, but that takes 15 ms.
  if (!isUtf8(bytes.subarray(LENGTH_BYTES, headerLength)))
    throw badModel("its header isn't UTF-8", LENGTH_BYTES);
  const cursor = new JsonCursor(bytes, LENGTH_BYTES, headerLength);
  const tensors = new Map<string, Tensor>();
  let metadata = false;
  cursor.expect('{', 'at its beginning');
  if (!cursor.take('}')) {
    do {
      const at = cursor.at;
      const name = cursor.string('the name of a tensor', MOST_NAME_BYTES);
      cursor.expect(':', 'behind a name');
      if (name === '__metadata__') {
        if (metadata) throw badModel('it has __metadata__ twice', at);
        metadata = true;
        yield* skipMetadata(cursor);
        continue;
      }
      if (tensors.has(name)) throw badModel(`it has two tensors called ${name}`, at);
      if (tensors.size === MOST_TENSORS) throw badModel(`it has more than ${MOST_TENSORS} tensors`, at);
      tensors.set(name, yield* takeTensor(cursor, name, headerLength));
      if (cursor.turnIsOver) yield;
    } while (cursor.take(','));
    cursor.expect('}', 'at its end');
  }
  cursor.expectEnd();
  const table = { fileSize, headerLength, tensors: [...tensors.values()] };
  checkLayout(table.tensors, headerLength, fileSize);
  return { format: 'safetensors', ...table };
}

function* skipMetadata(cursor: JsonCursor): Generator<void> {
  cursor.expect('{', 'behind __metadata__');
  if (cursor.take('}')) return;
  do {
    cursor.skipString('a name in __metadata__');
    cursor.expect(':', 'behind a name in __metadata__');
    cursor.skipString('a value in __metadata__, which may hold strings only,');
    if (cursor.turnIsOver) yield;
  } while (cursor.take(','));
  cursor.expect('}', 'behind __metadata__');
}

function* takeTensor(cursor: JsonCursor, name: string, headerLength: number): Generator<void, Tensor> {
  const at = cursor.at;
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  cursor.expect('{', `behind ${name}`);
  do {
    const key = cursor.string(`a key of ${name}`, MOST_NAME_BYTES);
    cursor.expect(':', `behind a key of ${name}`);
    if (key === 'dtype') {
      if (dtype !== undefined) throw twice(name, key, at);
      dtype = cursor.string(`the dtype of ${name}`, MOST_DTYPE_BYTES);
    } else if (key === 'shape') {
      if (shape !== undefined) throw twice(name, key, at);
      shape = cursor.wholeNumbers(`the shape of ${name}`, MOST_DIMENSIONS);
    } else if (key === 'data_offsets') {
      if (offsets !== undefined) throw twice(name, key, at);
      offsets = cursor.wholeNumbers(`the data_offsets of ${name}`, 2);
    } else yield* cursor.skipValue();
  } while (cursor.take(','));
  cursor.expect('}', `behind what is said of ${name}`);
  const [begin, end] = offsets ?? [];
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined) {
    throw badModel(`it doesn't say the dtype, the shape and both data_offsets of ${name}`, at);
  }
  if (begin > end || !Number.isSafeInteger(headerLength + end)) {
    throw badModel(`${name} lies from ${begin} to ${end}`, at);
  }
  const tensor = { name, dtype, shape, offset: headerLength + begin, length: end - begin };
  checkShape(tensor, at);
  return tensor;
}

function twice(name: string, key: string, at: number): Error {
  return badModel(`it says the ${key} of ${name} twice`, at);
}
