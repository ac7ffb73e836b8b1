export {
  type Baseline,
  type BaselinePath,
  baselineOf,
} from './baseline/baseline-file.ts';
export {
  type BaselineOptions,
  type CheckOptions,
  checkNvmeofBaseline,
  saveNvmeofBaseline,
} from './baseline/check.ts';
export { type Comparison, judgeBaseline, pathName, type Thresholds } from './baseline/judge.ts';
export {
  applyNvmeofConnect,
  applyNvmeofDisconnect,
  type ConnectWish,
  completeRequest,
  type NvmeofChangeOptions,
  planNvmeofConnect,
  planNvmeofDisconnect,
} from './connect/connect.ts';
export { CANARY_DEFAULTS } from './connect/defaults.ts';
export { type ConnectOption, connectOptions, fabricsLine, nvmeConnectCommand } from './connect/options.ts';
export {
  type ConnectRequest,
  checkRequest,
  type SecretSource,
  TRANSPORTS,
  type Transport,
} from './connect/request.ts';
export type { ChangeInEffect } from './in-effect.ts';
export { everyController, type NvmeofStatusOptions, readNvmeofStatus } from './status/read-status.ts';
export type {
  ControllerCounters,
  ControllerLog,
  NamespacePath,
  NvmeofController,
  NvmeofStatus,
  NvmeofSubsystem,
  Timeout,
  TransportAddress,
} from './status/types.ts';
export {
  applyNvmeofTune,
  nvmeofTuneStatus,
  planNvmeofTune,
  removeNvmeofTune,
  SYSCTL_FILE,
  type TuneOptions,
} from './tune/tune.ts';
export { type UnitFile, unitFiles } from './units/texts.ts';
export {
  applyNvmeofUnits,
  nvmeofUnitsStatus,
  planNvmeofUnits,
  removeNvmeofUnits,
  UNITS_DIRECTORY,
  type UnitsOptions,
} from './units/units.ts';
export { checkUnits, type UnitsRequest, type UnitsWish } from './units/wish.ts';
export { type Transition, Transitions, type WatchedPath } from './watch/transitions.ts';
export { type Look, type WatchOptions, watchNvmeof } from './watch/watch.ts';
