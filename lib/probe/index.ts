export { percentile } from '../percentile.ts';
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
  type ProbeReadsOptions,
  probeReads,
  READ_WAYS,
  type ReadProbe,
  type ReadSample,
  type ReadWay,
} from './probe-reads.ts';
export { type LatencySummary, summariseLatency } from './summary.ts';
