import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteRange, type Rank, rankParts, type Tensor } from '../../../../lib/targets/index.ts';
import { selectParts } from '../../../../lib/targets/tensors/select-parts.ts';

const ELEMENT = 2;
const PAGE = 64;

const ROWS = ['q_proj', 'gate_proj', 'up_proj', 'w1', 'w3'];
const COLUMNS = ['o_proj', 'down_proj', 'experts.7.w2'];
const WHOLE = ['input_layernorm', 'gate', 'kv_a_proj_with_mqa'];
const UNKNOWN = ['mystery', 'another.one'];

type Kind = 'rows' | 'columns' | 'whole' | 'unknown' | 'halves' | 'heads' | 'third';

const kinds: readonly (readonly [string, Kind])[] = [
  ...ROWS.map((name) => [name, 'rows'] as const),
  ...COLUMNS.map((name) => [name, 'columns'] as const),
  ...WHOLE.map((name) => [name, 'whole'] as const),
  ...UNKNOWN.map((name) => [name, 'unknown'] as const),
  ['gate_up_proj', 'halves'],
  ['k_proj', 'heads'],
];

const KV_HEADS = 4;

/** Tensors end to end behind a header, and how each is shared. */
const models = fc
  .tuple(
    fc.array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        rows: fc.integer({ min: 1, max: 24 }),
        columns: fc.integer({ min: 1, max: 64 }),
      }),
      { maxLength: 8 },
    ),
    fc.integer({ min: 0, max: 100 }),
    fc.constantFrom(1, 2, 3, 4, 8),
    fc.nat(7),
  )
  .map(([made, header, of, rank]) => {
    let offset = header;
    const tensors = made.map(({ kind: [module], rows, columns }, index): Tensor => {
      const length = rows * columns * ELEMENT;
      const name = `model.layers.${index}.${module}.weight`;
      const tensor = { name, dtype: 'BF16', shape: [rows, columns], offset, length };
      offset += length;
      return tensor;
    });
    return {
      tensors,
      kinds: made.map(({ kind }) => kind[1]),
      header,
      size: offset,
      rank: { rank: rank % of, of },
    };
  });

/** Element by element: whether a rank holds this one. Undefined where nobody can say. */
function holds(
  kind: Kind,
  [rows = 0, columns = 0]: readonly number[],
  row: number,
  column: number,
  { rank, of }: Rank,
): boolean {
  const within = (index: number, size: number, ranks = of, mine = rank) =>
    size % ranks !== 0 || Math.floor(index / (size / ranks)) === mine;
  if (kind === 'rows') return within(row, rows);
  if (kind === 'columns') return within(column, columns);
  if (kind === 'halves') return rows % (2 * of) !== 0 || within(row % (rows / 2), rows / 2);
  if (kind === 'heads') {
    if (rows % KV_HEADS !== 0 || (KV_HEADS % of !== 0 && of % KV_HEADS !== 0)) return true;
    return KV_HEADS % of === 0
      ? within(row, rows)
      : within(row, rows, KV_HEADS, Math.floor((rank * KV_HEADS) / of));
  }
  return true;
}

function bytesHeld(model: { tensors: readonly Tensor[]; kinds: readonly Kind[]; rank: Rank }): Set<number> {
  const bytes = new Set<number>();
  model.tensors.forEach(({ shape, offset }, index) => {
    const [rows = 0, columns = 0] = shape;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        if (!holds(model.kinds[index] ?? 'unknown', shape, row, column, model.rank)) continue;
        for (let byte = 0; byte < ELEMENT; byte += 1)
          bytes.add(offset + (row * columns + column) * ELEMENT + byte);
      }
    }
  });
  return bytes;
}

const pagesOf = (bytes: Iterable<number>, page: number) =>
  new Set([...bytes].map((byte) => Math.floor(byte / page)));
const bytesOf = (spans: readonly ByteRange[]) =>
  new Set(spans.flatMap(({ offset, length }) => Array.from({ length }, (_, index) => offset + index)));

function expectApart(spans: readonly ByteRange[], size: number): void {
  let reached = -1;
  for (const { offset, length } of spans) {
    expect(offset).toBeGreaterThan(reached);
    expect(length).toBeGreaterThan(0);
    reached = offset + length;
  }
  expect(reached).toBeLessThanOrEqual(size);
}

describe("a rank's parts", () => {
  it('are exactly the bytes of what it holds, where a page is a byte', () => {
    fc.assert(
      fc.property(models, (model) => {
        const { spans } = rankParts(model.tensors, model.rank, { pageSize: 1, kvHeads: KV_HEADS });
        expectApart(spans, model.size);
        expect(bytesOf(spans)).toEqual(bytesHeld(model));
      }),
      { numRuns: 400 },
    );
  });

  it('touch exactly the pages of what it holds', () => {
    fc.assert(
      fc.property(models, (model) => {
        const { spans } = rankParts(model.tensors, model.rank, { pageSize: PAGE, kvHeads: KV_HEADS });
        expectApart(spans, model.size);
        expect(pagesOf(bytesOf(spans), PAGE)).toEqual(pagesOf(bytesHeld(model), PAGE));
      }),
      { numRuns: 400 },
    );
  });

  it('leave nothing out where their number is bounded', () => {
    fc.assert(
      fc.property(models, fc.integer({ min: 1, max: 5 }), (model, mostSpans) => {
        const { spans } = rankParts(model.tensors, model.rank, { pageSize: 1, kvHeads: KV_HEADS, mostSpans });
        expect(spans.length).toBeLessThanOrEqual(mostSpans);
        expectApart(spans, model.size);
        const bytes = bytesOf(spans);
        for (const byte of bytesHeld(model)) expect(bytes.has(byte)).toBe(true);
      }),
    );
  });

  it('of all ranks together are everything', () => {
    fc.assert(
      fc.property(models, ({ tensors, rank: { of } }) => {
        const ranks = Array.from({ length: of }, (_, rank) =>
          bytesOf(rankParts(tensors, { rank, of }, { pageSize: 1, kvHeads: KV_HEADS }).spans),
        );
        const all = new Set(ranks.flatMap((bytes) => [...bytes]));
        expect(all.size).toBe(tensors.reduce((sum, { length }) => sum + length, 0));
      }),
    );
  });

  it('come with the header, inside the file', () => {
    fc.assert(
      fc.property(models, ({ tensors, header, size, rank }) => {
        const table = { format: 'safetensors', fileSize: size, headerLength: header, tensors } as const;
        const selected = selectParts(table, { rank }, { pageSize: 1, kvHeads: null });
        if (tensors.length === 0) {
          expect(selected).toBeNull();
          return;
        }
        expectApart(selected?.parts ?? [], size);
        const bytes = bytesOf(selected?.parts ?? []);
        for (let byte = 0; byte < header; byte += 1) expect(bytes.has(byte)).toBe(true);
      }),
    );
  });
});

describe('tensors of', () => {
  const RULES = { pageSize: 1, kvHeads: 2 };
  const parts = (name: string, shape: readonly number[], rank: Rank, rules = RULES, dtypeBytes = ELEMENT) => {
    const length = shape.reduce((product, dimension) => product * dimension, dtypeBytes);
    const { spans, unknown } = rankParts([{ name, dtype: 'BF16', shape, offset: 1000, length }], rank, rules);
    return {
      spans: spans.map(({ offset, length: bytes }) => [offset - 1000, bytes]),
      whole: unknown.length > 0,
    };
  };
  const WHOLE_8x4 = { spans: [[0, 64]], whole: true };

  it.each([
    ['llama', 'model.layers.0.self_attn.q_proj.weight', [8, 4], [[16, 16]]],
    ['qwen, with a bias', 'model.layers.0.self_attn.q_proj.bias', [8], [[4, 4]]],
    ['a bias that is added once', 'model.layers.0.self_attn.o_proj.bias', [8], [[0, 16]]],
    [
      'mistral, unconverted',
      'layers.0.feed_forward.w2.weight',
      [2, 8],
      [
        [4, 4],
        [20, 4],
      ],
    ],
    [
      'mixtral',
      'model.layers.0.block_sparse_moe.experts.3.w2.weight',
      [2, 8],
      [
        [4, 4],
        [20, 4],
      ],
    ],
    [
      'deepseek',
      'model.layers.9.mlp.experts.63.down_proj.weight',
      [2, 8],
      [
        [4, 4],
        [20, 4],
      ],
    ],
    ['deepseek, latent', 'model.layers.9.self_attn.kv_a_proj_with_mqa.weight', [8, 4], [[0, 64]]],
    ['deepseek, router', 'model.layers.9.mlp.gate.weight', [8, 4], [[0, 64]]],
    [
      'phi, gate on up',
      'model.layers.0.mlp.gate_up_proj.weight',
      [16, 2],
      [
        [8, 8],
        [40, 8],
      ],
    ],
    [
      'phi, three heaps',
      'model.layers.0.self_attn.qkv_proj.weight',
      [24, 8],
      [
        [32, 32],
        [160, 32],
        [288, 32],
      ],
    ],
    [
      'gpt-2, transposed',
      'h.0.mlp.c_fc.weight',
      [2, 8],
      [
        [4, 4],
        [20, 4],
      ],
    ],
    ['gpt-2, transposed', 'h.0.mlp.c_proj.weight', [8, 2], [[8, 8]]],
    ['starcoder', 'transformer.h.0.mlp.c_fc.weight', [8, 2], [[8, 8]]],
    ['gpt-neox', 'gpt_neox.layers.0.attention.query_key_value.weight', [8, 2], [[8, 8]]],
    [
      'gpt-neox',
      'gpt_neox.layers.0.attention.dense.weight',
      [2, 8],
      [
        [4, 4],
        [20, 4],
      ],
    ],
    [
      'opt',
      'model.decoder.layers.0.fc2.weight',
      [2, 8],
      [
        [4, 4],
        [20, 4],
      ],
    ],
    ['gemma', 'model.layers.0.pre_feedforward_layernorm.weight', [8], [[0, 16]]],
  ] as const)('%s: %s', (_, name, shape, spans) => {
    expect(parts(name, shape, { rank: 1, of: 4 })).toEqual({ spans, whole: false });
  });

  it('a vocabulary are shared as it is padded', () => {
    const shares = [0, 1, 2, 3].map((rank) => parts('lm_head.weight', [100, 1], { rank, of: 4 }).spans);
    expect(shares).toEqual([[[0, 64]], [[64, 64]], [[128, 64]], [[192, 8]]]);
    expect(parts('model.embed_tokens.weight', [10, 1], { rank: 3, of: 4 })).toEqual({
      spans: [],
      whole: false,
    });
  });

  it('few heads are had by several ranks', () => {
    const name = 'model.layers.0.self_attn.k_proj.weight';
    const shares = [0, 1, 2, 3].map((rank) => parts(name, [8, 4], { rank, of: 4 }).spans);
    expect(shares).toEqual([[[0, 32]], [[0, 32]], [[32, 32]], [[32, 32]]]);
    expect(parts(name, [8, 4], { rank: 0, of: 4 }, { pageSize: 1, kvHeads: 3 })).toEqual(WHOLE_8x4);
  });

  it.each([
    'model.layers.0.self_attn.rotary.weight',
    'model.layers.0.self_attn.q_proj.weight_scale_inv',
    'model.layers.0.self_attn.q_proj.qweight',
    'model.layers.0.mlp.w2.weight',
    'h.0.attn.c_attn.weight',
  ])('an unknown kind are whole: %s', (name) => {
    expect(parts(name, [8, 4], { rank: 1, of: 4 })).toEqual(WHOLE_8x4);
  });

  it('a dimension that the ranks do not divide are whole', () => {
    expect(parts('a.q_proj.weight', [8, 4], { rank: 0, of: 3 })).toEqual(WHOLE_8x4);
  });

  it('three dimensions are whole', () => {
    expect(parts('a.experts.gate_up_proj.weight', [2, 4, 4], { rank: 0, of: 2 })).toEqual(WHOLE_8x4);
  });

  it('half a byte an element are sliced where that is a byte', () => {
    expect(parts('a.q_proj.weight', [8, 8], { rank: 1, of: 2 }, RULES, 0.5).spans).toEqual([[16, 16]]);
    expect(parts('a.o_proj.weight', [8, 8], { rank: 1, of: 2 }, RULES, 0.5).spans).toEqual([[0, 32]]);
  });

  it('a hostile number of rows cost neither time nor memory', () => {
    const name = 'a.o_proj.weight';
    const rows = 2 ** 38;
    const { spans } = rankParts(
      [{ name, dtype: 'U8', shape: [rows, 8192], offset: 0, length: rows * 8192 }],
      { rank: 1, of: 2 },
      { pageSize: 1, kvHeads: null },
    );
    expect(spans).toEqual([{ offset: 4096, length: rows * 8192 - 4096 }]);
  });
});
