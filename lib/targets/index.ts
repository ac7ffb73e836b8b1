export { type ResolveOptions, resolveTargets } from './resolve.ts';
export {
  type ByteRange,
  type FileRole,
  pathBytes,
  type Skipped,
  type TargetFailure,
  type WarmFile,
  type WarmSet,
} from './warm-set.ts';
