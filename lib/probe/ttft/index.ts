export { probeTtft } from './probe-ttft.ts';
export type {
  ChatMessage,
  ProbeTtftOptions,
  TokenCount,
  TtftEndpoint,
  TtftOutcome,
  TtftPhase,
  TtftProbe,
  TtftState,
  TtftSummary,
  TtftTimes,
} from './types.ts';
