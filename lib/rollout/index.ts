export { type PromoteOptions, type PromoteResult, promote } from './act/promote.ts';
export { type RollbackOptions, type RollbackResult, rollback, type Undone } from './act/rollback.ts';
export {
  currentStage,
  progressOf,
  ROLLOUT_STATE,
  recordsOf,
  type StageProgress,
} from './act/state.ts';
export { bareStep, ROLLOUT_STEPS, type RolloutStep } from './act/steps.ts';
export { type CheckOptions, type CheckResult, checkStage } from './check.ts';
export type { Gate } from './file/gates.ts';
export { parseRollout, readRollout, rolloutJsonSchema } from './file/read.ts';
export type { RolloutFile } from './file/schema.ts';
export type { Action, Stage } from './file/stages.ts';
export { judgeGate } from './gates/judge.ts';
export type { Reading, Readings, Terms } from './gates/readings.ts';
export { type Asked, connectPrometheus, type Prometheus } from './prometheus/client.ts';
export type { Grid, GridSeries, RawSeries } from './series/grid.ts';
export type { Finding, FindingCode, GateResult, GateVerdict, Side } from './types.ts';
