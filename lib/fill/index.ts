export type { ByteRanges } from '../residency/wanted-pages.ts';
export type { EngineOptions } from './choose-engine.ts';
export { type EvictedFile, type EvictOptions, type EvictResult, evict, type Survival } from './evict.ts';
export { HostGuard, type HostGuardOptions } from './guarding/host-guard.ts';
export type { GuardSummary } from './guarding/round.ts';
export { type Lock, type LockOptions, lock } from './lock.ts';
export { type BudgetChoice, type PlanOptions, planWarm } from './prepare.ts';
export { RateLimit } from './rate-limit.ts';
export type { Select } from './select.ts';
export {
  ENGINES,
  type Engine,
  type EngineChoice,
  type FailedFile,
  type FillPlan,
  type PlannedFile,
  type SelectedParts,
  type Stopped,
  type WarmedFile,
  type WarmProgress,
  type WarmResult,
} from './types.ts';
export { type WarmOptions, warm } from './warm.ts';
