import { badModel } from '../tensors/bad-model.ts';
import type { GgufCursor, Scan } from './cursor.ts';

const STRING = 8;
const ARRAY = 9;

/** Bytes of the values that all have the same. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);

const UNSIGNED = new Set([0, 2, 4, 10]);
const SIGNED = new Set([1, 3, 5, 11]);

const MOST_NESTING = 4;

// Of the values that are looked at: names of models and architectures.
const MOST_TEXT_BYTES = 65_536;

/** A value of which the text or the number counts; null for one that is neither, which is passed. */
export function* takeValue(cursor: GgufCursor, key: string): Scan<string | number | null> {
  const what = `the value of ${key}`;
  const type = yield* cursor.u32(`the type of ${key}`);
  if (type === STRING) return yield* cursor.string(what, MOST_TEXT_BYTES);
  const size = SIZES.get(type);
  if (size === undefined || !(UNSIGNED.has(type) || SIGNED.has(type))) {
    yield* skipTyped(cursor, type, what, 0);
    return null;
  }
  const bytes = Buffer.from(yield* cursor.bytes(size, what));
  if (cursor.littleEndian) bytes.reverse();
  if (size < 8) return UNSIGNED.has(type) ? bytes.readUIntBE(0, size) : bytes.readIntBE(0, size);
  const value = UNSIGNED.has(type) ? bytes.readBigUInt64BE() : bytes.readBigInt64BE();
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/** Passes a value of any type; what can be stepped over isn't read. */
export function* skipValue(cursor: GgufCursor, key: string): Scan<void> {
  const type = yield* cursor.u32(`the type of ${key}`);
  yield* skipTyped(cursor, type, `the value of ${key}`, 0);
}

function* skipTyped(cursor: GgufCursor, type: number, what: string, depth: number): Scan<void> {
  const size = SIZES.get(type);
  if (size !== undefined) return cursor.skip(size, what);
  if (type === STRING) return yield* cursor.skipStrings(1, what);
  if (type !== ARRAY) throw badModel(`${what} has the type ${type}, which is none`, cursor.at - 4);
  if (depth === MOST_NESTING) throw badModel(`${what} is nested more than ${MOST_NESTING} deep`, cursor.at);
  const inner = yield* cursor.u32(what);
  const count = yield* cursor.count(what);
  const innerSize = SIZES.get(inner);
  // A count whose product with the size isn't exact is far behind the end of any file, too.
  if (innerSize !== undefined) return cursor.skip(count * innerSize, what);
  if (inner === STRING) return yield* cursor.skipStrings(count, what);
  cursor.countInnerArrays(count, what);
  for (let left = count; left > 0; left -= 1) yield* skipTyped(cursor, inner, what, depth + 1);
}
