/** What the figures depend on, and nothing that says whose machine it is. Null where the host doesn't tell. */
export interface MachineFacts {
  readonly kernel: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly gpus: readonly string[];
  /** Of the first file of the set, and of what lies under it. */
  readonly filesystem: string | null;
  readonly device: string | null;
  readonly deviceModel: string | null;
  readonly rotational: boolean | null;
  readonly scheduler: string | null;
  readonly readAheadKb: number | null;
  readonly maxSectorsKb: number | null;
  readonly transparentHugePages: string | null;
  /** What the memory of this process may grow to in its cgroups; null for no limit. */
  readonly cgroupLimitBytes: number | null;
  readonly node: string;
}

/** The facts in words and in the order of a report. */
export const FACT_NAMES: Readonly<Record<keyof MachineFacts, string>> = {
  kernel: 'kernel',
  cpu: 'CPU',
  cpus: 'CPUs',
  memoryBytes: 'memory',
  gpus: 'GPUs',
  filesystem: 'filesystem',
  device: 'device',
  deviceModel: "device's model",
  rotational: 'says that it rotates',
  scheduler: 'I/O scheduler',
  readAheadKb: 'read-ahead in KiB',
  maxSectorsKb: 'largest request in KiB',
  transparentHugePages: 'transparent huge pages',
  cgroupLimitBytes: 'memory limit of the cgroup',
  node: 'Node.js',
};
