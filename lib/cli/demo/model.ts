import { randomFillSync } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a made-up model has, in files that any loader would accept. */
export interface ModelShape {
  readonly bytes: number;
  readonly shards: number;
}

interface Tensor {
  readonly name: string;
  readonly rows: number;
}

const COLUMNS = 1024;
const BYTES_PER_VALUE = 2;
const ROW_BYTES = COLUMNS * BYTES_PER_VALUE;
const TENSORS_A_SHARD = 8;
const CHUNK = 8 * 1024 * 1024;

/**
 * Writes a model of real shape: valid safetensors shards with an index, a tokenizer and a config. The weights are
 * random, so that no filesystem compresses them away.
 */
export async function writeModel(
  directory: string,
  { bytes, shards }: ModelShape,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const weightMap: Record<string, string> = {};
  const rowsATensor = Math.max(1, Math.floor(bytes / shards / TENSORS_A_SHARD / ROW_BYTES));
  const pattern = randomFillSync(Buffer.alloc(CHUNK));
  for (let shard = 0; shard < shards; shard += 1) {
    const name = `model-${number(shard + 1)}-of-${number(shards)}.safetensors`;
    const tensors = Array.from({ length: TENSORS_A_SHARD }, (_, index): Tensor => {
      const layer = shard * TENSORS_A_SHARD + index;
      return { name: `model.layers.${layer}.mlp.up_proj.weight`, rows: rowsATensor };
    });
    for (const tensor of tensors) weightMap[tensor.name] = name;
    await writeShard(join(directory, name), tensors, pattern, signal);
  }
  const total = shards * TENSORS_A_SHARD * rowsATensor * ROW_BYTES;
  const vocabulary = Object.fromEntries(Array.from({ length: 32_000 }, (_, id) => [`token${id}`, id]));
  await writeJson(join(directory, 'model.safetensors.index.json'), {
    metadata: { total_size: total },
    weight_map: weightMap,
  });
  await writeJson(join(directory, 'tokenizer.json'), {
    version: '1.0',
    model: { type: 'BPE', vocab: vocabulary },
  });
  await writeJson(join(directory, 'config.json'), {
    architectures: ['LlamaForCausalLM'],
    hidden_size: COLUMNS,
    num_hidden_layers: shards * TENSORS_A_SHARD,
    torch_dtype: 'bfloat16',
  });
}

/** u64 little-endian length of the header, the header as JSON, the tensors without holes. */
async function writeShard(
  path: string,
  tensors: readonly Tensor[],
  pattern: Buffer,
  signal: AbortSignal,
): Promise<void> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const { name, rows } of tensors) {
    const end = offset + rows * ROW_BYTES;
    header[name] = { dtype: 'BF16', shape: [rows, COLUMNS], data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Loaders want the data aligned; the format pads the header with spaces.
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  await using file = await open(path, 'w');
  await file.write(Buffer.concat([length, padded]));
  for (let left = offset; left > 0; left -= pattern.length) {
    signal.throwIfAborted();
    await file.write(pattern, 0, Math.min(left, pattern.length));
  }
  // Dirty pages can't be evicted, and the demonstration begins cold.
  await file.datasync();
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await using file = await open(path, 'w');
  await writeFile(file, JSON.stringify(value));
  await file.datasync();
}

function number(index: number): string {
  return String(index).padStart(5, '0');
}
