export { percentile } from '../percentile.ts';
export { type DeviceReads, devicesOf, readsBetween } from './device-counters.ts';
export { type HistogramBucket, latencyHistogram } from './histogram.ts';
export type {
  OpenMmapProbe,
  OpenSample,
  ProbeFailure,
  Temperature,
  TouchSample,
} from './open-mmap-result.ts';
export { type ProbeOpenMmapOptions, probeOpenMmap } from './probe-open-mmap.ts';
export {
  type NotMeasured,
  probeReads,
  type ReadProbe,
  type ReadSample,
} from './probe-reads.ts';
export {
  LONGEST_STRETCH,
  type ProbeStretchOptions,
  probeStretch,
  type StretchResult,
  type StretchSample,
  type StretchTemperature,
} from './probe-stretch.ts';
export {
  type ProbeReadsOptions,
  READ_PATTERNS,
  READ_WAYS,
  type ReadPattern,
  type ReadWay,
} from './read-options.ts';
export { type LatencySummary, summariseLatency } from './summary.ts';
export { type ReadInterval, type WatchReadsOptions, watchReads } from './watch-reads.ts';
