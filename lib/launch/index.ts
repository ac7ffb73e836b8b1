export type { ServerExit } from './child/exit.ts';
export { type ByteSink, descriptorSink } from './child/sink.ts';
export type { OutputChoice } from './child/spawn-child.ts';
export { accompany, launch } from './launch.ts';
export type {
  CompanionOptions,
  Found,
  FoundTarget,
  LaunchEvent,
  LaunchedServer,
  LaunchOptions,
  LaunchResult,
  LaunchSet,
  WaitFor,
} from './options.ts';
export type { Readiness, Ready } from './readiness/readiness.ts';
export type { LaunchReport } from './report.ts';
export type {
  BesideProgress,
  BesideResult,
  CacheUse,
  NamedModel,
  RecognisedServer,
  ServerAddress,
} from './types.ts';
