export { type ExplainedTarget, type Explanation, explainTargets } from './explain.ts';
export type { GgufTensor } from './gguf/layout.ts';
export { type GgufTable, parseGguf } from './gguf/parse.ts';
export { readGguf } from './gguf/read.ts';
export type { LeftOut, LookedAt, TargetKind } from './journal.ts';
export { isDirectory } from './listing.ts';
export { resolveTargets } from './resolve.ts';
export { parseSafetensorsHeader, type SafetensorsTable } from './safetensors/parse.ts';
export { readSafetensors } from './safetensors/read.ts';

export type { ResolveOptions } from './search.ts';
export { toTargetFailure } from './target-failure.ts';
export { parseTarget } from './target-name.ts';

export { applyTensorSelection, type TensorSelection, type TensorSet } from './tensors/apply.ts';
export { parseRank } from './tensors/check-rank.ts';
export { groupByLayer, type Layer } from './tensors/layers.ts';
export { type RankParts, type RankRules, rankParts } from './tensors/rank-parts.ts';
export { readTensorTable } from './tensors/read-table.ts';
export { selectTensors } from './tensors/select.ts';
export type { Rank } from './tensors/slice.ts';
export type { Tensor, TensorTable } from './tensors/tensor.ts';
export {
  type ByteRange,
  type FileRole,
  pathBytes,
  type Skipped,
  type TargetFailure,
  type WarmFile,
  type WarmSet,
  wantedBytes,
} from './warm-set.ts';
