export { type ResolveOptions, resolveTargets } from './resolve.ts';
export { pathBytes, type Skipped, type TargetFailure, type WarmFile, type WarmSet } from './warm-set.ts';
