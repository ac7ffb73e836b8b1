import { GgufWriter, ggufFile, type MadeTensor, safetensorsFile, safetensorsHeader } from './model-files.ts';

/** A file that no parser may take, and what it has to say of it. */
export interface HostileModel {
  readonly name: string;
  readonly bytes: Buffer;
  /** Where the file is said to be larger than its bytes: most of a hostile file is never written. */
  readonly fileSize?: number;
  readonly told: RegExp;
}

const TWO: readonly MadeTensor[] = [
  { name: 'a.weight', shape: [4, 8] },
  { name: 'b.weight', shape: [8] },
];

const entry = (begin: number, end: number, shape: readonly number[] = [(end - begin) / 2]) => ({
  dtype: 'BF16',
  shape,
  data_offsets: [begin, end],
});

function length(claimed: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(claimed);
  return bytes;
}

function withData(header: object | string, data: number): Buffer {
  return Buffer.concat([safetensorsHeader(header), Buffer.alloc(data)]);
}

export const HOSTILE_SAFETENSORS: readonly HostileModel[] = [
  { name: 'nothing', bytes: Buffer.alloc(0), told: /ends in the length of its header \(at byte 0\)/ },
  { name: 'half a length', bytes: Buffer.alloc(5), told: /ends in the length of its header/ },
  { name: 'a length of 2^64 - 1', bytes: length(2n ** 64n - 1n), told: /claims 18446744073709551615 bytes/ },
  {
    name: 'a length over the limit of the format',
    bytes: length(100_000_001n),
    fileSize: 2 ** 40,
    told: /claims 100000001 bytes, and may have 100000000/,
  },
  {
    name: 'a length behind the end',
    bytes: Buffer.concat([length(100n), Buffer.from('{}')]),
    told: /cut off/,
  },
  { name: 'no JSON', bytes: withData('hello', 0), told: /no '\{' at its beginning \(at byte 8\)/ },
  { name: 'an array', bytes: withData('[]', 0), told: /no '\{'/ },
  { name: 'JSON that ends early', bytes: withData('{"a":{"dtype":"BF16"', 0), told: /no '\}'/ },
  { name: 'something behind the JSON', bytes: withData('{} {}', 0), told: /goes on behind its last brace/ },
  { name: 'bad UTF-8', bytes: withData('{"é":1}', 0).fill(0xff, 10, 11), told: /isn't UTF-8/ },
  { name: 'a bad escape', bytes: withData('{"\\x":{}}', 0), told: /escape that is none/ },
  { name: 'a control character', bytes: withData('{"a\u0001":{}}', 0), told: /control character/ },
  { name: 'a name without an end', bytes: withData('{"aaaa', 0), told: /ends in the name of a tensor/ },
  {
    name: 'a huge name',
    bytes: withData({ ['n'.repeat(4097)]: entry(0, 0) }, 0),
    told: /longer than 4096 bytes/,
  },
  { name: 'a tensor that is a number', bytes: withData('{"a":1}', 0), told: /no '\{' behind a/ },
  {
    name: 'deep nesting',
    bytes: withData(`{"a":{"x":${'['.repeat(1000)}`, 0),
    told: /nested too deeply/,
  },
  {
    name: 'more brackets closed than opened',
    bytes: withData('{"a":{"x":]', 0),
    told: /closing bracket too many/,
  },
  { name: 'metadata that is a number', bytes: withData('{"__metadata__":{"a":1}}', 0), told: /strings only/ },
  {
    name: 'metadata that is no object',
    bytes: withData('{"__metadata__":[]}', 0),
    told: /behind __metadata__/,
  },
  {
    name: 'metadata twice',
    bytes: withData('{"__metadata__":{},"__metadata__":{}}', 0),
    told: /__metadata__ twice/,
  },
  {
    name: 'two tensors of one name',
    bytes: withData(`{"a":${JSON.stringify(entry(0, 2))},"a":${JSON.stringify(entry(2, 4))}}`, 4),
    told: /two tensors called a/,
  },
  {
    name: 'two tensors of one name, one of them escaped',
    bytes: withData(`{"a":${JSON.stringify(entry(0, 2))},"\\u0061":${JSON.stringify(entry(2, 4))}}`, 4),
    told: /two tensors called a/,
  },
  {
    name: 'a key twice',
    bytes: withData('{"a":{"dtype":"BF16","dtype":"F32","shape":[],"data_offsets":[0,2]}}', 2),
    told: /says the dtype of a twice/,
  },
  { name: 'no offsets', bytes: withData({ a: { dtype: 'BF16', shape: [1] } }, 2), told: /both data_offsets/ },
  {
    name: 'one offset',
    bytes: withData({ a: { dtype: 'BF16', shape: [1], data_offsets: [0] } }, 2),
    told: /both data_offsets/,
  },
  {
    name: 'three offsets',
    bytes: withData({ a: { dtype: 'BF16', shape: [1], data_offsets: [0, 2, 4] } }, 2),
    told: /more than 2 numbers/,
  },
  { name: 'a negative offset', bytes: withData({ a: entry(-2, 0) }, 2), told: /no whole number from 0/ },
  {
    name: 'a fraction',
    bytes: withData('{"a":{"dtype":"BF16","shape":[1.5],"data_offsets":[0,2]}}', 2),
    told: /no '\]' behind the shape/,
  },
  {
    name: 'an offset that is too large',
    bytes: withData({ a: entry(0, 2 ** 60) }, 2),
    told: /too large a number/,
  },
  {
    name: 'an end before its beginning',
    bytes: withData({ a: entry(4, 2, [1]) }, 4),
    told: /lies from 4 to 2/,
  },
  {
    name: 'a shape that overflows',
    bytes: withData({ a: entry(0, 2, [2 ** 30, 2 ** 30]) }, 2),
    told: /too large a product/,
  },
  {
    name: 'a shape of 65 dimensions',
    bytes: withData({ a: entry(0, 2, Array(65).fill(1)) }, 2),
    told: /more than 64 numbers/,
  },
  {
    name: 'a shape of another size',
    bytes: withData({ a: entry(0, 2, [2]) }, 2),
    told: /2 elements of BF16, but 2 bytes/,
  },
  {
    name: 'an overlap',
    bytes: withData({ a: entry(0, 4), b: entry(2, 6) }, 6),
    told: /b overlaps the tensor before it/,
  },
  { name: 'a hole', bytes: withData({ a: entry(0, 2), b: entry(4, 6) }, 6), told: /2 bytes before b/ },
  { name: 'a hole at the beginning', bytes: withData({ a: entry(2, 4) }, 4), told: /2 bytes before a/ },
  { name: 'bytes behind the last tensor', bytes: withData({ a: entry(0, 2) }, 5), told: /its last 3 bytes/ },
  {
    name: 'a tensor behind the end',
    bytes: withData({ a: entry(0, 2), b: entry(2, 9_000) }, 2),
    told: /cut off/,
  },
  { name: 'a copy that was cut off', bytes: safetensorsFile(TWO).subarray(0, -1), told: /cut off/ },
];

const one = (): GgufWriter => new GgufWriter().u64(1).u64(0);
const key = (name = 'k'): GgufWriter => new GgufWriter().u64(0).u64(1).text(name);
const tensor = (shape: readonly number[], type: number, offset = 0): Buffer => {
  const bytes = one().tensor('t', shape, type, offset).bytes();
  return Buffer.concat([bytes, Buffer.alloc(Math.ceil(bytes.length / 32) * 32 - bytes.length + 64)]);
};

export const HOSTILE_GGUF: readonly HostileModel[] = [
  { name: 'nothing', bytes: Buffer.alloc(0), told: /ends in its magic/ },
  { name: 'another magic', bytes: Buffer.from('GGML0000'), told: /doesn't begin with GGUF/ },
  { name: 'the version 0', bytes: new GgufWriter(0).u64(0).u64(0).bytes(), told: /version 0/ },
  { name: 'the version 4', bytes: new GgufWriter(4).u64(0).u64(0).bytes(), told: /version 4/ },
  {
    name: 'the version 2 of the other byte order',
    bytes: new GgufWriter(2, true).u64(0).u64(0).bytes(),
    told: /version 2/,
  },
  {
    name: 'counts that are missing',
    bytes: new GgufWriter().u32(0).bytes(),
    told: /ends in the number of its tensors/,
  },
  {
    name: 'too many tensors',
    bytes: new GgufWriter()
      .u64(2 ** 40)
      .u64(0)
      .bytes(),
    told: /claims 1099511627776 tensors/,
  },
  {
    name: 'a count of 2^64 - 1',
    bytes: new GgufWriter()
      .u64(2n ** 64n - 1n)
      .u64(0)
      .bytes(),
    told: /too large a number/,
  },
  { name: 'too many keys', bytes: new GgufWriter().u64(0).u64(65_537).bytes(), told: /claims 65537 keys/ },
  {
    name: 'tensors that are missing',
    bytes: new GgufWriter().u64(1000).u64(0).bytes(),
    told: /ends in the length of the name/,
  },
  {
    name: 'a huge key',
    bytes: new GgufWriter().u64(0).u64(1).u64(65_536).raw(Buffer.alloc(65_536)).bytes(),
    told: /a key has 65536 bytes, and may have 65535/,
  },
  {
    name: 'a key behind the end',
    bytes: new GgufWriter().u64(0).u64(1).u64(1000).bytes(),
    told: /ends in a key/,
  },
  {
    name: 'a key of bad UTF-8',
    bytes: new GgufWriter().u64(0).u64(1).text(Buffer.of(0xc3, 0x28)).u32(4).u32(1).bytes(),
    told: /a key isn't UTF-8/,
  },
  {
    name: 'a key twice',
    bytes: new GgufWriter().u64(0).u64(2).numberValue('k', 1).numberValue('k', 1).bytes(),
    told: /the key k twice/,
  },
  { name: 'a type of value that is none', bytes: key().u32(13).bytes(), told: /type 13, which is none/ },
  {
    name: 'a text behind the end',
    bytes: key()
      .u32(8)
      .u64(2 ** 40)
      .bytes(),
    told: /ends in the value of k/,
  },
  {
    name: 'a name of the model without end',
    bytes: key('general.name').u32(8).u64(65_537).raw(Buffer.alloc(65_537)).bytes(),
    told: /65537 bytes, and may have 65536/,
  },
  {
    name: 'an array behind the end',
    bytes: key()
      .u32(9)
      .u32(4)
      .u64(2 ** 40)
      .bytes(),
    told: /ends in the value of k/,
  },
  {
    name: 'an array of 2^53 numbers',
    bytes: key()
      .u32(9)
      .u32(12)
      .u64(2 ** 53 - 1)
      .bytes(),
    told: /ends in the value/,
  },
  {
    name: 'an array of more texts than there are bytes',
    bytes: key()
      .u32(9)
      .u32(8)
      .u64(2 ** 50)
      .raw(Buffer.alloc(2000))
      .bytes(),
    told: /ends in the value of k/,
  },
  {
    name: 'arrays in arrays',
    bytes: key()
      .u32(9)
      .raw(
        Buffer.concat(Array.from({ length: 100 }, () => new GgufWriter().u32(9).u64(1).bytes().subarray(8))),
      )
      .bytes(),
    told: /nested more than 4 deep/,
  },
  {
    name: 'an alignment of 0',
    bytes: new GgufWriter().u64(0).u64(1).numberValue('general.alignment', 0).bytes(),
    told: /alignment is 0/,
  },
  {
    name: 'an alignment of 24',
    bytes: new GgufWriter().u64(0).u64(1).numberValue('general.alignment', 24).bytes(),
    told: /alignment is 24/,
  },
  {
    name: 'an alignment in words',
    bytes: new GgufWriter().u64(0).u64(1).stringValue('general.alignment', 'wide').bytes(),
    told: /alignment is wide/,
  },
  { name: 'nine dimensions', bytes: tensor(Array(9).fill(1), 0), told: /claims 9 dimensions/ },
  { name: 'a shape that overflows', bytes: tensor([2 ** 40, 2 ** 40], 0), told: /too large a product/ },
  { name: 'bytes that overflow', bytes: tensor([2 ** 52], 28), told: /too large a product/ },
  {
    name: 'a row that is no block',
    bytes: tensor([31], 2),
    told: /rows of 31 elements, and Q4_0 comes in blocks of 32/,
  },
  { name: 'an offset beside the alignment', bytes: tensor([4], 0, 8), told: /no multiple of 32/ },
  { name: 'a tensor behind the end', bytes: tensor([4], 0, 2 ** 40), told: /cut off/ },
  { name: 'a tensor over the end', bytes: tensor([1000], 0), told: /cut off/ },
  {
    name: 'two tensors of one name',
    bytes: new GgufWriter().u64(2).u64(0).tensor('t', [1], 0, 0).tensor('t', [1], 0, 32).bytes(),
    told: /two tensors called t/,
  },
  {
    name: 'an overlap',
    bytes: Buffer.concat([
      new GgufWriter().u64(2).u64(0).tensor('t', [16], 0, 0).tensor('u', [16], 0, 32).bytes(),
      Buffer.alloc(200),
    ]),
    told: /t overlaps u/,
  },
  { name: 'a copy that was cut off', bytes: ggufFile().subarray(0, -64), told: /cut off/ },
];
