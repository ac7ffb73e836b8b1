export { type ParseStartupLogOptions, parseStartupLog } from './parse-startup-log.ts';
export { StartupLog } from './startup-log.ts';
export type {
  CompileCache,
  PhaseName,
  PhaseSource,
  StartupEvent,
  StartupPhase,
  StartupReport,
} from './types.ts';
