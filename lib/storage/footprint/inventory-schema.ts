import { z } from 'zod';

/**
 * What a line of a saved inventory may hold. It comes from other nodes, so nothing in it is believed: every line is checked
 * before it is kept.
 */

const bytes = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const text = z.string().max(16_384);
const name = z.string().min(1).max(1024);
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const decimal = z.string().regex(/^-?\d{1,20}$/);
const backend = z.enum([
  'hugging-face',
  'modelscope',
  'ollama',
  'tensorrt',
  'compile-cache',
  'gguf',
  'weights',
  'other',
]);

export const HEADER = z.strictObject({
  schema: z.literal('warmset.footprintInventory/1'),
  takenAtMs: bytes,
  nodes: z.array(name).max(100_000),
  leastBytes: bytes,
  roots: z.array(text).max(100_000),
});

const FILE = z.strictObject({
  node: name,
  storage: text,
  ino: decimal,
  path: text,
  pathBytes: text.optional(),
  names: z
    .number()
    .int()
    .positive()
    .max(1 << 20),
  size: bytes,
  allocated: bytes,
  modifiedNs: decimal,
  backend,
  model: text.nullable(),
  hash: z.strictObject({ hex, from: z.enum(['name', 'read']) }).nullable(),
  sample: hex.nullable(),
  shared: z
    .array(z.tuple([bytes, bytes]))
    .max(1 << 17)
    .nullable(),
});

const SMALL = z.strictObject({
  node: name,
  root: text,
  backend,
  model: text.nullable(),
  files: bytes,
  apparentBytes: bytes,
  onDiskBytes: bytes,
});

const FAILURE = z.strictObject({ node: name, path: text, code: text, message: text });

export const RECORD = z.union([
  z.strictObject({ file: FILE }),
  z.strictObject({ small: SMALL }),
  z.strictObject({ failure: FAILURE }),
  z.strictObject({ end: bytes }),
]);
