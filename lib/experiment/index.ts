export type { Analysis, Comparison, ConditionSummary, Figures } from './analyse.ts';
export type { Difference } from './compare-machine.ts';
export type { FillOptions } from './context.ts';
export {
  type ExperimentDependencies,
  HOST_EXPERIMENT,
  type RunningServer,
  type ServerDependencies,
  type ServerToStart,
  type TokenRequest,
} from './dependencies.ts';
export { checkDesign, parseCondition, planTrials, USUAL_ROUNDS } from './design.ts';
export { JOURNAL, type JournalContent, readJournal } from './journal.ts';
export type { MachineFacts } from './machine-facts.ts';
export { experimentJson } from './report/json.ts';
export type { Report } from './report/report.ts';
export { type WrittenReport, writeReport } from './report/write.ts';
export {
  type ExperimentEvent,
  type ExperimentOptions,
  type ExperimentResult,
  runExperiment,
} from './run-experiment.ts';
export { HOST_SERVERS } from './server.ts';
export {
  BUILT_IN_CONDITIONS,
  type Condition,
  type Design,
  type DoneTrial,
  type FileFacts,
  type FirstToken,
  type Header,
  type Interference,
  type PlannedTrial,
  type Reader,
  type ServerRequest,
  type ServerTimes,
  type TimelinePoint,
  type Trial,
  type VoidTrial,
} from './types.ts';
export type { Conclusion } from './verdict.ts';
