export { type ExpositionSample, parseExposition } from './exposition.ts';
export { judgeTraffic, probeTtftFromMetrics, type TrafficOptions, type TrafficTtft } from './from-metrics.ts';
export { type PrometheusTrafficOptions, probeTtftFromPrometheus } from './from-prometheus.ts';
export { type CumulativeBucket, type Quantile, quantile } from './histogram-quantile.ts';
export { listModels } from './models.ts';
export { probeTtft } from './probe-ttft.ts';
export { spawnedAt } from './spawned-at.ts';
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
