import { describe, expect, it } from 'vitest';
import { groupByLayer, parseRank } from '../../../../lib/targets/index.ts';
import { kvHeadsOf } from '../../../../lib/targets/tensors/kv-heads.ts';
import { layerOf } from '../../../../lib/targets/tensors/layers.ts';

it.each([
  ['model.layers.12.mlp.experts.3.w1.weight', 'model.layers.12'],
  ['blk.0.attn_q.weight', 'blk.0'],
  ['h.5.ln_1.bias', 'h.5'],
  ['0.weight', '0'],
  ['model.embed_tokens.weight', 'model.embed_tokens'],
  ['lm_head.weight', 'lm_head'],
  ['scale', 'scale'],
  ['.x', '.x'],
  ['vision.conv2d.weight', 'vision.conv2d'],
])('%s belongs to %s', (name, layer) => {
  expect(layerOf(name)).toBe(layer);
});

it('layers stand where their first tensor does', () => {
  const tensors = ['b.1.x', 'a.0.x', 'b.1.y', 'c'].map((name) => ({
    name,
    dtype: 'U8',
    shape: [],
    offset: 0,
    length: 1,
  }));
  expect(groupByLayer(tensors).map(({ name, tensors: members }) => [name, members.length])).toEqual([
    ['b.1', 2],
    ['a.0', 1],
    ['c', 1],
  ]);
});

describe('a rank', () => {
  it.each([
    ['0/1', { rank: 0, of: 1 }],
    ['7/8', { rank: 7, of: 8 }],
    ['1023/1024', { rank: 1023, of: 1024 }],
  ])('is written %s', (text, rank) => {
    expect(parseRank(text)).toEqual(rank);
  });

  it.each(['', '1', '8/8', '-1/8', '0/0', '0/1025', '1/8/2', '0.5/2', ' 0/2', 'a/b', '0/99999'])(
    'is not written %j',
    (text) => {
      expect(() => parseRank(text)).toThrow(expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT' }));
    },
  );
});

it.each([
  [{ num_key_value_heads: 8, num_attention_heads: 32 }, 8],
  [{ num_attention_heads: 32 }, 32],
  [{ text_config: { num_key_value_heads: 4 } }, 4],
  [{ num_key_value_heads: '8' }, null],
  [{ num_key_value_heads: 0 }, null],
  [{ num_key_value_heads: 1.5 }, null],
  [{}, null],
  [null, null],
  [[], null],
  ['text', null],
])('of a configuration %j the heads are %s', (config, heads) => {
  expect(kvHeadsOf(config)).toBe(heads);
});
