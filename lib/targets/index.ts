export { type ExplainedTarget, type Explanation, explainTargets } from './explain.ts';
export type { LeftOut, LookedAt, TargetKind } from './journal.ts';
export { resolveTargets } from './resolve.ts';
export type { ResolveOptions } from './search.ts';
export { parseTarget } from './target-name.ts';
export {
  type ByteRange,
  type FileRole,
  pathBytes,
  type Skipped,
  type TargetFailure,
  type WarmFile,
  type WarmSet,
} from './warm-set.ts';
