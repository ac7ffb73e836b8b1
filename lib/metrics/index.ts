export { createMetrics, type Metrics, type MetricsOptions } from './create-metrics.ts';
export {
  type Exporter,
  type ExporterLimits,
  type ExporterOptions,
  startExporter,
} from './http/exporter.ts';
export { type SeedNames, seedNames, statusDocument } from './seed-names.ts';
export type {
  Health,
  KeeperSource,
  KeeperView,
  LatencyQuantiles,
  NvmeofPathReading,
  Problem,
  VerdictSpell,
} from './types.ts';
export { type KeeperWatch, type WatchOptions, watchKeeper } from './view.ts';
