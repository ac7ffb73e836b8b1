/** One look at a GPU. Bytes and shares from 0 to 1; `null` where the driver doesn't say. */
export interface GpuSample {
  readonly index: number;
  readonly memoryUsed: number | null;
  readonly memoryTotal: number | null;
  /** Share of the time in which something ran on it. */
  readonly utilisation: number | null;
}

/** What went on in the host at one moment. Counters grow since boot; `null` is what this kernel doesn't say. */
export interface HostSample {
  /** Milliseconds on a clock that only goes forward. */
  readonly atMs: number;
  /** Of all processors together, in ticks: everything, and of it what they were busy with. */
  readonly cpu: { readonly total: number; readonly busy: number; readonly waiting: number } | null;
  readonly processors: number | null;
  /** Bytes read from disks, each disk once. */
  readonly diskReadBytes: number | null;
  /** Bytes of page cache. */
  readonly cached: number | null;
  readonly memAvailable: number | null;
  readonly majorFaults: number | null;
  /** Microseconds in which some task stood still. */
  readonly stalledUs: {
    readonly cpu: number | null;
    readonly io: number | null;
    readonly memory: number | null;
  };
  /** Empty where there is no GPU, or nobody says. */
  readonly gpus: readonly GpuSample[];
}

/** What a stretch of time was spent on. */
export type Occupation =
  /** Files were read from disks into the page cache. */
  | 'page-cache-fill'
  /** Files were read past the page cache: nothing that is warmed would help. */
  | 'direct-read'
  /** Memory of a GPU filled. */
  | 'host-to-device'
  /** A GPU computed. */
  | 'gpu'
  /** Processors computed: imports, compilation, conversion. */
  | 'cpu'
  /** None of these: waiting for a network, a lock, another process. */
  | 'waiting'
  /** The readings don't say. */
  | 'unknown';

/** Where the time went. */
export interface ColdStartVerdict {
  /** What most of the time went into. `compile` is CPU time of which a start-up log says so. */
  readonly verdict: Exclude<Occupation, 'cpu'> | 'cpu' | 'compile';
  /** The verdict and its reasons, in words. */
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly totalSeconds: number;
  /** Of the whole, by occupation; each second is in one of them. */
  readonly seconds: Readonly<Record<Occupation, number>>;
  /** Of the seconds that disks were read in, those in which memory of a GPU filled at the same time. */
  readonly overlapSeconds: number;
}
