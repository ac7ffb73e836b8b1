export { type BackOff, backOff, backOffMs, jittered, LONGEST_BACK_OFF_MS } from './back-off.ts';
export { createKeeper } from './create-keeper.ts';
export type { FillGuard, HitWatch, KeeperDependencies, NodeLock } from './dependencies.ts';
export { Keeper, type SweepOptions } from './keeper.ts';
export type { KeeperOptions } from './options.ts';
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
} from './types.ts';
