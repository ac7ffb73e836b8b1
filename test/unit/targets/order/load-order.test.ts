import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServerKind } from '../../../../lib/server-kind.ts';
import { loadOrder } from '../../../../lib/targets/order/load-order.ts';
import { modelKind, readsSubdirectories } from '../../../../lib/targets/order/model-kind.ts';
import { chooseWeights, indexName } from '../../../../lib/targets/order/weights.ts';

const SERVERS: readonly ServerKind[] = ['vllm', 'sglang', 'tensorrt-llm', 'llama.cpp', 'ollama', 'tgi'];

function read(names: readonly string[], server: ServerKind = 'vllm', indexed?: readonly string[]) {
  return chooseWeights(names, server, indexed ? new Set(indexed) : undefined).read;
}

describe('chooseWeights', () => {
  it.each([
    [
      ['b.safetensors', 'a.safetensors', 'x.bin', 'y.pt'],
      ['a.safetensors', 'b.safetensors'],
    ],
    [
      ['x-2.bin', 'x-10.bin', 'y.pt'],
      ['x-2.bin', 'x-10.bin'],
    ],
    [['y.pt', 'z.pth'], ['y.pt']],
    [['training_args.bin', 'y.pt'], ['y.pt']],
    [['training_args.bin', 'optimizer.bin', 'pytorch_model.bin'], ['pytorch_model.bin']],
    [['z.pth', 'config.json'], []],
    [
      ['shard-10.safetensors', 'shard-9.safetensors'],
      ['shard-9.safetensors', 'shard-10.safetensors'],
    ],
  ])('of %j reads %j', (names, expected) => {
    expect(read(names)).toEqual(expected);
  });

  const MISTRAL = [
    'consolidated.safetensors',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
  ];
  it.each([
    ['vllm', ['consolidated.safetensors']],
    ['sglang', MISTRAL],
    ['tgi', MISTRAL],
    ['tensorrt-llm', MISTRAL.slice(1)],
  ] as const)('%s has its own opinion of consolidated weights', (server, expected) => {
    expect(read(MISTRAL, server)).toEqual(expected);
  });

  it('drops what the index does not name, and says what it names in vain', () => {
    const chosen = chooseWeights(
      ['a.safetensors', 'b.safetensors', 'c.bin'],
      'sglang',
      new Set(['a.safetensors', 'gone.safetensors']),
    );
    expect(chosen).toMatchObject({ read: ['a.safetensors'], missing: ['gone.safetensors'] });
    expect(chosen.leftOut.map(({ name }) => name)).toEqual(['b.safetensors']);
  });

  it('takes all where the index names nothing that is there', () => {
    expect(read(['a.safetensors'], 'vllm', ['other.safetensors'])).toEqual(['a.safetensors']);
  });

  it('asks the index only about safetensors', () => {
    expect(chooseWeights(['a.bin'], 'vllm', new Set(['b.safetensors']))).toMatchObject({
      read: ['a.bin'],
      missing: [],
    });
  });

  it('TGI passes adapters and training by', () => {
    const names = ['adapter_model.safetensors', 'model.safetensors', 'training_state.safetensors'];
    expect(read(names, 'tgi')).toEqual(['model.safetensors']);
  });
});

it('the index is that of the weights which are read', () => {
  const names = [
    'consolidated.safetensors',
    'consolidated.safetensors.index.json',
    'model.safetensors.index.json',
  ];
  expect(indexName(names, 'vllm')).toBe('consolidated.safetensors.index.json');
  expect(indexName(names, 'sglang')).toBe('model.safetensors.index.json');
  expect(indexName(['model.safetensors'], 'vllm')).toBeUndefined();
});

describe('modelKind', () => {
  it.each([
    [['config.json', 'rank0.engine'], 'tensorrt-llm-engine'],
    [['rank0.engine'], undefined],
    [['a.gguf', 'README.md'], 'gguf'],
    [['a.gguf', 'config.json'], 'gguf'],
    [['a.gguf', 'a.safetensors'], 'checkpoint'],
    [['config.json'], 'checkpoint'],
    [['params.json'], 'checkpoint'],
    [['notes.txt'], undefined],
    [[], undefined],
  ])('of %j is %s', (names, kind) => {
    expect(modelKind(names)).toBe(kind);
  });

  it('pipelines and modules have directories of their own', () => {
    expect(readsSubdirectories(['model_index.json'])).toBe(true);
    expect(readsSubdirectories(['modules.json', 'config.json'])).toBe(true);
    expect(readsSubdirectories(['config.json'])).toBe(false);
  });
});

describe('loadOrder', () => {
  it('is configuration, tokenizer, index, weights, and what no rule knows', () => {
    const names = [
      'zebra.dat',
      'model.safetensors',
      'merges.txt',
      'tokenizer.model',
      'tokenizer.json',
      'model.safetensors.index.json',
      'config.json',
      'modeling_x.py',
      'chat_template.jinja',
      'LICENSE',
      'figure.png',
      'model.onnx',
      '.gitattributes',
    ];
    const order = loadOrder(names, { kind: 'checkpoint', server: undefined, indexed: undefined });
    expect(order.placed.map(({ name }) => name)).toEqual([
      'chat_template.jinja',
      'config.json',
      'modeling_x.py',
      'merges.txt',
      'tokenizer.json',
      'tokenizer.model',
      'model.safetensors.index.json',
      'model.safetensors',
      'zebra.dat',
    ]);
    expect(order.leftOut.map(({ name }) => name).sort()).toEqual(
      ['.gitattributes', 'LICENSE', 'figure.png', 'model.onnx'].sort(),
    );
    expect(order.notes[0]).toMatch(/as no server is named/);
  });

  it('has engines by rank, and leaves nothing beside them out', () => {
    const names = ['rank10.engine', 'rank2.engine', 'README.md', 'config.json', 'x.bin', 'rank0.engine'];
    const { placed, leftOut } = loadOrder(names, {
      kind: 'tensorrt-llm-engine',
      server: undefined,
      indexed: undefined,
    });
    expect(placed.map(({ name }) => name)).toEqual([
      'config.json',
      'rank0.engine',
      'rank2.engine',
      'rank10.engine',
      'README.md',
      'x.bin',
    ]);
    expect(leftOut).toEqual([]);
  });

  it('has splits in order, models in theirs, and projectors last', () => {
    const names = [
      'mmproj-b.gguf',
      'b-00002-of-00002.gguf',
      'b-00001-of-00002.gguf',
      'a.gguf',
      'x.safetensors.bin',
    ];
    const order = loadOrder(names, { kind: 'gguf', server: undefined, indexed: undefined });
    expect(order.placed.map(({ name }) => name)).toEqual([
      'a.gguf',
      'b-00001-of-00002.gguf',
      'b-00002-of-00002.gguf',
      'mmproj-b.gguf',
    ]);
    expect(order.notes[0]).toMatch(/2 models/);
  });

  it('places or leaves out every name exactly once, whatever it is', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'config.json',
        'rank0.engine',
        'rank1.engine',
        'consolidated.safetensors',
        'model-00001-of-00002.safetensors',
        'model.safetensors.index.json',
        'adapter_model.safetensors',
        'training_args.bin',
        'x.bin',
        'x.pt',
        'x.pth',
        'mmproj-x.gguf',
        'x-00001-of-00003.gguf',
        'x-00003-of-00003.gguf',
        'x.gguf',
        'tokenizer.model',
        'README.md',
        '__proto__',
        'constructor',
        'odd\nname',
      ),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(name),
        fc.constantFrom('checkpoint', 'gguf', 'tensorrt-llm-engine'),
        fc.option(fc.constantFrom(...SERVERS), { nil: undefined }),
        fc.option(fc.array(name), { nil: undefined }),
        (names, kind, server, indexed) => {
          const order = loadOrder(names, { kind, server, indexed: indexed && new Set(indexed) });
          const told = [...order.placed, ...order.leftOut].map((one) => one.name);
          expect([...told].sort()).toEqual([...names].sort());
          if (kind === 'tensorrt-llm-engine') expect(order.leftOut).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
