export { createKeeper } from './create-keeper.ts';
export { createHitWatch, type HitWatch } from './hits.ts';
export type { Keeper } from './keeper.ts';
export { acquireNodeLock, type NodeLock } from './node-lock.ts';
export type { KeeperOptions, SweepOptions } from './options.ts';
export type {
  FileStatus,
  Held,
  HitEstimate,
  KeeperEvents,
  KeeperHealth,
  KeeperNow,
  KeeperState,
  ProbeSample,
  SetStatus,
  SnapshotReport,
  StateName,
  StoppedWhy,
  SweepReport,
  WatchedReader,
} from './types.ts';
