export { judgeColdStart } from './judge-cold-start.ts';
export { parseGpuLine } from './nvidia-smi.ts';
export { type ProbeHostOptions, probeHost } from './probe-host.ts';
export { sampleHost } from './sample.ts';
export type { ColdStartVerdict, GpuSample, HostSample, Occupation } from './types.ts';
