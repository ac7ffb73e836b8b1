export { decodeSnapshot } from './decode.ts';
export { diffSnapshots, diffWithNow, type FileDiff, type FileDiffState, type SnapshotDiff } from './diff.ts';
export { encodeSnapshot } from './encode.ts';
export { readSnapshot } from './read.ts';
export { planRestore, restoreSnapshot } from './restore.ts';
export type {
  RestoredFile,
  RestoreOptions,
  RestorePlan,
  RestoreResult,
  RestoreState,
} from './restore-types.ts';
export { type SavedSnapshot, saveSnapshot } from './save.ts';
export { type TakeOptions, takeSnapshot } from './take.ts';
export type {
  KnownRecord,
  RecordedFile,
  RecordedIdentity,
  RecordedReason,
  Snapshot,
  UnknownRecord,
} from './types.ts';
