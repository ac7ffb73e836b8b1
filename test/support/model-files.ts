/** Model files as engines write them, and as nobody should. */

export interface MadeTensor {
  readonly name: string;
  readonly dtype?: string;
  readonly shape: readonly number[];
  /** Bytes of data; by default two for each element. */
  readonly bytes?: number;
}

function bytesOf({ shape, bytes }: MadeTensor): number {
  return bytes ?? shape.reduce((product, dimension) => product * dimension, 2);
}

/** The length and the JSON, without the data. */
export function safetensorsHeader(header: object | string): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json]);
}

/** A whole safetensors file whose tensors lie in the order given, filled with their numbers. */
export function safetensorsFile(tensors: readonly MadeTensor[], metadata?: Record<string, string>): Buffer {
  let end = 0;
  const entries = tensors.map((tensor) => {
    const begin = end;
    end += bytesOf(tensor);
    const { name, dtype = 'BF16', shape } = tensor;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = Object.fromEntries([...(metadata ? [['__metadata__', metadata] as const] : []), ...entries]);
  const data = tensors.map((tensor, index) => Buffer.alloc(bytesOf(tensor), index + 1));
  return Buffer.concat([safetensorsHeader(header), ...data]);
}

/** What a GGUF file is written with. */
export class GgufWriter {
  readonly #parts: Buffer[] = [];
  readonly #big: boolean;
  readonly #version: number;

  constructor(version = 3, big = false) {
    this.#version = version;
    this.#big = big;
    this.raw('GGUF').u32(version);
  }

  get length(): number {
    return this.#parts.reduce((sum, { length }) => sum + length, 0);
  }

  raw(bytes: Buffer | string): this {
    this.#parts.push(Buffer.from(bytes as string));
    return this;
  }

  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    if (this.#big) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return this.raw(bytes);
  }

  u64(value: number | bigint): this {
    const bytes = Buffer.alloc(8);
    if (this.#big) bytes.writeBigUInt64BE(BigInt(value));
    else bytes.writeBigUInt64LE(BigInt(value));
    return this.raw(bytes);
  }

  /** A count or a length, as this version of the format has them. */
  count(value: number | bigint): this {
    return this.#version === 1 ? this.u32(Number(value)) : this.u64(value);
  }

  text(value: string | Buffer): this {
    const bytes = Buffer.from(value as string);
    return this.count(bytes.length).raw(bytes);
  }

  stringValue(key: string, value: string): this {
    return this.text(key).u32(8).text(value);
  }

  numberValue(key: string, value: number): this {
    return this.text(key).u32(4).u32(value);
  }

  stringArray(key: string, values: readonly string[]): this {
    this.text(key).u32(9).u32(8).count(values.length);
    for (const value of values) this.text(value);
    return this;
  }

  tensor(name: string, shape: readonly number[], type: number, offset: number): this {
    this.text(name).u32(shape.length);
    for (const dimension of shape) this.count(dimension);
    return this.u32(type).u64(offset);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

export interface MadeGguf {
  readonly version?: number;
  readonly big?: boolean;
  readonly alignment?: number;
  readonly vocabulary?: number;
  readonly tensors?: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** A whole GGUF file of half-precision tensors. */
export function ggufFile(made: MadeGguf = {}): Buffer {
  const { version = 3, big = false, alignment, vocabulary = 3, tensors = GGUF_TENSORS } = made;
  const unit = alignment ?? 32;
  const writer = new GgufWriter(version, big).count(tensors.length).count(alignment === undefined ? 5 : 6);
  writer.stringValue('general.architecture', 'llama').stringValue('general.name', 'Little Lama');
  writer.numberValue('llama.block_count', 2);
  writer.stringArray(
    'tokenizer.ggml.tokens',
    Array.from({ length: vocabulary }, (_, index) => `token ${index}`),
  );
  writer
    .text('tokenizer.ggml.scores')
    .u32(9)
    .u32(6)
    .count(vocabulary)
    .raw(Buffer.alloc(vocabulary * 4));
  if (alignment !== undefined) writer.numberValue('general.alignment', alignment);
  let offset = 0;
  for (const { name, shape } of tensors) {
    writer.tensor(name, shape, 1, offset);
    offset += Math.ceil(shape.reduce((product, dimension) => product * dimension, 2) / unit) * unit;
  }
  const padding = Math.ceil(writer.length / unit) * unit - writer.length;
  return Buffer.concat([writer.bytes(), Buffer.alloc(padding), Buffer.alloc(offset, 7)]);
}

const GGUF_TENSORS = [
  { name: 'token_embd.weight', shape: [64, 40] },
  { name: 'blk.0.attn_q.weight', shape: [64, 64] },
  { name: 'blk.0.attn_norm.weight', shape: [64] },
  { name: 'blk.1.attn_q.weight', shape: [64, 64] },
  { name: 'output.weight', shape: [64, 33] },
];

/** A small model of the family that most are made after, in the order of its header. */
export function llamaTensors(
  layers: number,
  { hidden = 256, inner = 512, vocabulary = 1000 } = {},
): MadeTensor[] {
  const layer = (no: number): MadeTensor[] => [
    { name: `model.layers.${no}.input_layernorm.weight`, shape: [hidden] },
    { name: `model.layers.${no}.mlp.down_proj.weight`, shape: [hidden, inner] },
    { name: `model.layers.${no}.mlp.gate_proj.weight`, shape: [inner, hidden] },
    { name: `model.layers.${no}.mlp.up_proj.weight`, shape: [inner, hidden] },
    { name: `model.layers.${no}.self_attn.k_proj.weight`, shape: [hidden / 4, hidden] },
    { name: `model.layers.${no}.self_attn.o_proj.weight`, shape: [hidden, hidden] },
    { name: `model.layers.${no}.self_attn.q_proj.weight`, shape: [hidden, hidden] },
    { name: `model.layers.${no}.self_attn.v_proj.weight`, shape: [hidden / 4, hidden] },
  ];
  return [
    { name: 'lm_head.weight', shape: [vocabulary, hidden] },
    { name: 'model.embed_tokens.weight', shape: [vocabulary, hidden] },
    ...Array.from({ length: layers }, (_, no) => layer(no)).flat(),
    { name: 'model.norm.weight', shape: [hidden] },
  ];
}
