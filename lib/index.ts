/**
 * warmset: keeps the files that a model server needs in memory, within a budget and with proof.
 *
 * ```ts
 * const set = await resolveTargets(['/models/llama']);
 * const result = await warm(set, { budget: { maxBytes: '40GiB' } });
 * ```
 */
export type { Budget, BudgetLimit, LimitName } from './budget/index.ts';
export {
  applyChange,
  CHANGES_DIRECTORY,
  type ChangeOptions,
  type ChangePlan,
  type ChangeRecord,
  type ChangeState,
  type Check,
  COMMON_STEPS,
  listChanges,
  recoverChanges,
  removeChange,
  type Step,
  type StepContext,
  type StepKind,
  type StepKinds,
} from './change/index.ts';
export { type DiagnoseOptions, type Diagnosis, diagnose, type Finding, type Level } from './doctor/index.ts';
export {
  type FileFailure,
  isSystemError,
  type SystemError,
  WarmsetError,
  type WarmsetErrorCode,
} from './errors.ts';
export * from './experiment/index.ts';
export * from './fill/index.ts';
export * from './guard/index.ts';
export * from './keeper/index.ts';
export {
  type Advice,
  adviseFill,
  type FillFacts,
  type FillHow,
} from './launch/advise/index.ts';
export * from './launch/index.ts';
export { type RecogniseOptions, recogniseServer } from './launch/recognise/index.ts';
export { type ListenAddress, parseListen } from './listen-address.ts';
export * from './metrics/index.ts';
export type { JobOptions, Priority } from './native/job.ts';
export * from './probe/host/index.ts';
export * from './probe/index.ts';
export * from './probe/startup/index.ts';
export * from './probe/ttft/index.ts';
export * from './residency/index.ts';
export * from './rollout/index.ts';
export type { ServerKind } from './server-kind.ts';
export * from './snapshot/index.ts';
export * from './storage/index.ts';
export * from './targets/index.ts';
