import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ggufModels,
  isSideFile,
  parseSplit,
  partsOf,
  splitName,
} from '../../../../lib/targets/order/gguf.ts';

describe('parseSplit', () => {
  it.each([
    ['a-00002-of-00005.gguf', { stem: 'a', part: 2, parts: 5 }],
    ['Qwen3-Q4_K_M-00001-of-00001.gguf', { stem: 'Qwen3-Q4_K_M', part: 1, parts: 1 }],
  ])('%s', (name, split) => {
    expect(parseSplit(name)).toEqual(split);
  });

  it.each([
    'a.gguf',
    'a-1-of-5.gguf',
    'a-00006-of-00005.gguf',
    'a-00000-of-00005.gguf',
    'a-00001-of-00000.gguf',
    '-00001-of-00002.gguf',
    'a-00001-of-00002.safetensors',
  ])('%s is whole', (name) => {
    expect(parseSplit(name)).toBeUndefined();
  });

  it('and splitName are each the other backwards', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 1, max: 99_999 }),
        fc.nat(),
        (stem, parts, at) => {
          const split = { stem, part: (at % parts) + 1, parts };
          expect(parseSplit(splitName(split, split.part))).toEqual(split);
        },
      ),
    );
  });
});

it('side files are projectors and prediction heads', () => {
  expect(['mmproj-a.gguf', 'a-mmproj-f16.gguf', 'a.mmproj-f16.gguf', 'mtp-a.gguf'].map(isSideFile)).toEqual(
    Array(4).fill(true),
  );
  expect(['a.gguf', 'mmproj.txt', 'commproj-a.gguf', 'Qwen-mtp-Q4.gguf'].map(isSideFile)).toEqual(
    Array(4).fill(false),
  );
});

it('ggufModels has each model once, and what it lacks', () => {
  const models = ggufModels([
    'b-00003-of-00003.gguf',
    'a.gguf',
    'b-00001-of-00003.gguf',
    'mmproj-a.gguf',
    'x',
  ]);
  expect(models).toEqual([
    { names: ['a.gguf'], missing: [] },
    { names: ['b-00001-of-00003.gguf', 'b-00003-of-00003.gguf'], missing: ['b-00002-of-00003.gguf'] },
  ]);
});

it('a name that claims very many parts is answered with a few', () => {
  const { names, missing } = partsOf(
    { stem: 'x', part: 1, parts: 99_999 },
    new Set(['x-00001-of-99999.gguf']),
  );
  expect(names).toHaveLength(1);
  expect(missing.length).toBeLessThan(10);
});
