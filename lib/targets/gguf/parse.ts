import { badModel } from '../tensors/bad-model.ts';
import { MOST_NAME_BYTES, MOST_TENSORS, type TensorTable } from '../tensors/tensor.ts';
import { GgufCursor, type Scan } from './cursor.ts';
import { type GgufTensor, placeTensors, type TensorInfo } from './layout.ts';
import { skipValue, takeValue } from './values.ts';

export interface GgufTable extends TensorTable {
  readonly format: 'gguf';
  /** 1, 2 or 3. */
  readonly version: number;
  readonly littleEndian: boolean;
  /** Bytes. */
  readonly alignment: number;
  /** `general.architecture` and `general.name`; null where the file doesn't say. */
  readonly architecture: string | null;
  readonly name: string | null;
  /** Layers; null where the file doesn't say. */
  readonly blockCount: number | null;
  /** Of a model in several files: which of them this is (from 0), how many there are, tensors of all together. */
  readonly split: { readonly no: number; readonly count: number; readonly tensors: number | null } | null;
  readonly tensors: readonly GgufTensor[];
}

const MOST_KEYS = 65_536;
// As the format limits it.
const MOST_KEY_BYTES = 65_535;
// ggml has four; room for some more.
const MOST_DIMENSIONS = 8;
const USUAL_ALIGNMENT = 32;

/**
 * A GGUF header. Pure.
 *
 * @param bytes the file's beginning, up to the end of the header at least
 * @throws WarmsetError `WARMSET_BAD_MODEL` with the byte at which something is wrong
 */
export function parseGguf(bytes: Buffer, fileSize: number = bytes.length): GgufTable {
  const scan = scanGguf(fileSize);
  for (let step = scan.next(); ; ) {
    if (step.done) return step.value;
    const { offset, length } = step.value;
    step = scan.next(bytes.subarray(offset, offset + length));
  }
}

/** The same, asking for the bytes piece by piece. */
export function* scanGguf(fileSize: number): Scan<GgufTable> {
  const cursor = new GgufCursor(fileSize);
  const version = yield* takeVersion(cursor);
  const tensorCount = yield* cursor.count('the number of its tensors');
  if (tensorCount > MOST_TENSORS)
    throw badModel(`it claims ${tensorCount} tensors, and may have ${MOST_TENSORS}`, 8);
  const keyCount = yield* cursor.count('the number of its keys');
  if (keyCount > MOST_KEYS) throw badModel(`it claims ${keyCount} keys, and may have ${MOST_KEYS}`, 8);
  const values = yield* takeKeys(cursor, keyCount);
  const alignment = values.get('general.alignment') ?? USUAL_ALIGNMENT;
  if (typeof alignment !== 'number' || alignment < 1 || !Number.isInteger(Math.log2(alignment))) {
    throw badModel(`its alignment is ${String(alignment)}, which is no power of two`, cursor.at);
  }
  const infos = yield* takeInfos(cursor, tensorCount);
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  return {
    format: 'gguf',
    version,
    littleEndian: cursor.littleEndian,
    alignment,
    architecture: textOf(values.get('general.architecture')),
    name: textOf(values.get('general.name')),
    blockCount: blockCount(values),
    split: splitOf(values),
    fileSize,
    // A file without tensors may end before its padding does.
    headerLength: Math.min(dataStart, fileSize),
    tensors: placeTensors(infos, dataStart, alignment, fileSize),
  };
}

function* takeVersion(cursor: GgufCursor): Scan<number> {
  const magic = yield* cursor.bytes(4, 'its magic');
  if (magic.toString('latin1') !== 'GGUF') throw badModel("it doesn't begin with GGUF", 0);
  const bytes = Buffer.from(yield* cursor.bytes(4, 'its version'));
  const little = bytes.readUInt32LE();
  // The other way round, a small number has its low half empty. Only from version 3 on there are such files.
  cursor.littleEndian = little === 0 || little % 65_536 !== 0;
  const version = cursor.littleEndian ? little : bytes.readUInt32BE();
  if (version < 1 || version > 3 || (!cursor.littleEndian && version < 3)) {
    throw badModel(`it has the version ${version}; 1 to 3 are known`, 4);
  }
  if (version === 1) cursor.countBytes = 4;
  return version;
}

type Values = ReadonlyMap<string, string | number | null>;

const KEPT: ReadonlySet<string> = new Set([
  'general.architecture',
  'general.name',
  'general.alignment',
  'split.no',
  'split.count',
  'split.tensors.count',
]);
const BLOCK_COUNT = '.block_count';

/** The values that count; the others, tokenizers above all, are passed and not held. */
function* takeKeys(cursor: GgufCursor, count: number): Scan<Values> {
  const seen = new Set<string>();
  const values = new Map<string, string | number | null>();
  for (let index = 0; index < count; index += 1) {
    const at = cursor.at;
    const key = yield* cursor.string('a key', MOST_KEY_BYTES);
    if (seen.has(key)) throw badModel(`it has the key ${key} twice`, at);
    seen.add(key);
    if (KEPT.has(key) || key.endsWith(BLOCK_COUNT)) values.set(key, yield* takeValue(cursor, key));
    else yield* skipValue(cursor, key);
  }
  return values;
}

function* takeInfos(cursor: GgufCursor, count: number): Scan<readonly TensorInfo[]> {
  const seen = new Set<string>();
  const infos: TensorInfo[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = cursor.at;
    const name = yield* cursor.string('the name of a tensor', MOST_NAME_BYTES);
    if (seen.has(name)) throw badModel(`it has two tensors called ${name}`, at);
    seen.add(name);
    const dimensions = yield* cursor.u32(`the dimensions of ${name}`);
    if (dimensions > MOST_DIMENSIONS) {
      throw badModel(`${name} claims ${dimensions} dimensions, and may have ${MOST_DIMENSIONS}`, at);
    }
    const shape: number[] = [];
    while (shape.length < dimensions) shape.push(yield* cursor.count(`the shape of ${name}`));
    const typeId = yield* cursor.u32(`the type of ${name}`);
    const offset = yield* cursor.u64(`the offset of ${name}`);
    infos.push({ name, shape, typeId, offset, at });
  }
  return infos;
}

function textOf(value: string | number | null | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: string | number | null | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function blockCount(values: Values): number | null {
  const architecture = textOf(values.get('general.architecture'));
  return architecture === null ? null : numberOf(values.get(architecture + BLOCK_COUNT));
}

function splitOf(values: Values): GgufTable['split'] {
  const [no, count] = [numberOf(values.get('split.no')), numberOf(values.get('split.count'))];
  if (no === null || count === null) return null;
  return { no, count, tensors: numberOf(values.get('split.tensors.count')) };
}
