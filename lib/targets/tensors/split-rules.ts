import type { Tensor } from './tensor.ts';

/**
 * How tensor-parallel loaders share a tensor of a checkpoint among their ranks:
 * - `rows`: a part of the first dimension each, one stretch of the file;
 * - `columns`: a part of the second dimension each, a stretch in every row;
 * - `kv-heads`: as `rows`, whole heads at a time, which several ranks share where there are fewer heads than ranks;
 * - `vocabulary`: as `rows`, of a vocabulary rounded up to 64;
 * - `halves`: two matrices on top of each other, each by `rows`;
 * - `fused-qkv`: three of them, where all are equally large;
 * - `longer`: the dimension that isn't the model's own, which older families have first or second;
 * - `whole`: every rank needs all of it;
 * - `unknown`: nobody has said, so that it is taken whole, too.
 */
export type Split =
  | 'rows'
  | 'columns'
  | 'kv-heads'
  | 'vocabulary'
  | 'halves'
  | 'fused-qkv'
  | 'longer'
  | 'whole'
  | 'unknown';

/** By the name of the module that a weight belongs to, or its last two names where one isn't enough. */
const MODULES: ReadonlyMap<string, Split> = new Map(
  (
    [
      ['rows', 'q_proj q_b_proj kv_b_proj gate_proj up_proj w1 w3 fc1 fc_in dense_h_to_4h query_key_value'],
      ['kv-heads', 'k_proj v_proj'],
      ['halves', 'gate_up_proj'],
      ['fused-qkv', 'qkv_proj c_attn Wqkv W_pack'],
      ['longer', 'c_fc mlp.c_proj attn.c_proj'],
      ['columns', 'o_proj down_proj out_proj dense_4h_to_h fc2 fc_out feed_forward.w2'],
      ['columns', 'attention.dense self_attention.dense'],
      ['vocabulary', 'embed_tokens lm_head wte tok_embeddings word_embeddings embed_in embed_out'],
      ['whole', 'q_a_proj kv_a_proj_with_mqa gate router wpe shared_expert_gate'],
    ] as const
  ).flatMap(([split, names]) => names.split(' ').map((name) => [name, split] as const)),
);

const NORM = /(?:^|[._])(?:ln|norm|layernorm|rmsnorm)(?:[._\d]|$)/i;
// Mixtral's down projection. Elsewhere a w2 may be anything.
const EXPERT_DOWN = /\.experts\.\d+\.w2$/;
const EVERYWHERE = /\.(?:inv_freq|e_score_correction_bias)$/;

/** What is known of a tensor by its name, as the usual families of models have it. Pure. */
export function splitOf({ name, shape }: Tensor): Split {
  if (NORM.test(name) || EVERYWHERE.test(name)) return 'whole';
  const [, module = '', kind] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  if (kind === undefined) return 'unknown';
  const split = EXPERT_DOWN.test(module) ? 'columns' : ofModule(module);
  // What is added to a sum of all ranks is added once.
  if (kind === 'bias') return biasOf(split);
  return shape.length === 2 || split === 'whole' ? split : 'unknown';
}

function ofModule(module: string): Split {
  const names = module.split('.');
  return MODULES.get(names.slice(-2).join('.')) ?? MODULES.get(names.at(-1) ?? '') ?? 'unknown';
}

function biasOf(split: Split): Split {
  if (split === 'columns') return 'whole';
  return split === 'fused-qkv' || split === 'longer' ? 'unknown' : split;
}
