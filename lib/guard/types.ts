/** Why a guard slows, pauses or stops a fill. Stable: part of the JSON contract and of the metrics. */
export type ReasonCode =
  /** MemAvailable fell below its baseline by more than allowed. */
  | 'memory-fell'
  /** MemAvailable is below the absolute floor. */
  | 'memory-floor'
  /** An ancestor cgroup has too little room left below its limit. */
  | 'cgroup-headroom'
  /** Tasks of the host or of this cgroup stand still for want of memory. */
  | 'memory-pressure'
  /** Pages are being read back from swap. */
  | 'swapping'
  /** Pages of the set are evicted as fast as they are read: reading on is harm. */
  | 'evicted-again'
  /** The device answers more slowly than its baseline, although nothing of ours is in flight. */
  | 'device-slow'
  /** Somebody else reads from the device, and the fill makes them wait. */
  | 'others-read'
  /** Tasks stand still for want of I/O. */
  | 'io-pressure'
  /** Readings that the guard was told to rely on can't be taken. */
  | 'blind';

export interface Reason {
  readonly code: ReasonCode;
  /** In words, with the reading and the limit it crossed. */
  readonly message: string;
}

/**
 * What the fill is to do now.
 *
 * - `go`: read as fast as it can, or at the ceiling.
 * - `slow`: read no faster than `bytesPerSecond`.
 * - `pause`: read nothing, ask again.
 * - `stop`: it paused for longer than allowed. Becomes `go` or `slow` by itself when its reason is over.
 */
export type Verdict =
  | { readonly action: 'go' }
  | { readonly action: 'slow'; readonly bytesPerSecond: number; readonly reason: Reason }
  | { readonly action: 'pause'; readonly reason: Reason }
  | { readonly action: 'stop'; readonly reason: Reason };

/** One cgroup with a limit, on the line from this process up to the root. */
export interface CgroupReading {
  readonly path: string;
  /** limit − (current − what the kernel can drop at once), bytes. */
  readonly headroomBytes: number;
  /** Its limit, bytes; what a small one must keep free is less. */
  readonly limitBytes?: number | undefined;
}

/** What a device did since the reading before. `null`: not known. */
export interface DeviceReadings {
  /** Which device; a baseline holds for one. Such as `259:0`. */
  readonly device: string;
  /**
   * Milliseconds that single probe reads took while nothing of ours was in flight: in the gaps that the fill leaves for
   * them. These show a slow device and heavy neighbours.
   */
  readonly quietMs: readonly number[];
  /** Milliseconds that probe reads took beside our own reads: what a neighbour's read takes now. */
  readonly loadedMs: readonly number[];
  /** Reads a second that were not ours, seen in the gaps. */
  readonly othersReadsPerSecond: number | null;
  /** How many these were: one alone is taken for a stray until another is seen. @default unknown: the rate decides */
  readonly othersReads?: number | null | undefined;
  /** Average milliseconds per completed read by `/proc/diskstats`, everyone's reads together: the second witness. */
  readonly averageReadMs: number | null;
  /** For how many milliseconds a probe has been waiting for its answer, where it was given up. @default none was */
  readonly unansweredMs?: number | null | undefined;
}

/** What the host looks like now. Everything is what was measured, nothing is guessed: unknown is `null`. */
export interface GuardReadings {
  /** Of a monotonic clock, milliseconds. Never goes back between two readings. */
  readonly atMs: number;
  readonly memory: {
    readonly availableBytes: number | null;
    /** MemTotal; the default floor is a share of it. @default unknown: MemAvailable's baseline stands in */
    readonly totalBytes?: number | null | undefined;
    /** Read back from swap since the reading before. */
    readonly swapInBytes: number | null;
  };
  readonly cgroups: readonly CgroupReading[];
  /** Shares of the time since the reading before, 0 to 1, that at least one task stood still (PSI `some`). */
  readonly pressure: {
    readonly memory: number | null;
    readonly cgroupMemory: number | null;
    readonly io: number | null;
    readonly cgroupIo: number | null;
  };
  readonly fill: {
    /** Read by the fill since the reading before. */
    readonly readBytes: number;
    /** Of pages that the set had resident: gone since the reading before. */
    readonly evictedBytes: number | null;
  };
  /** Of every device that the set lies on. */
  readonly devices: readonly DeviceReadings[];
}

/** Limits of a guard. All have defaults; `docs/budgets-and-guards.md` says where they come from. */
export interface GuardOptions {
  /** Share of its baseline that MemAvailable may fall by. 0 to 1. @default 0.2 */
  readonly memoryFall?: number | undefined;
  /** MemAvailable below which a fill pauses, bytes. @default 1 GiB or 5 % of MemTotal, the smaller */
  readonly memoryFloorBytes?: number | undefined;
  /** Bytes that every ancestor cgroup keeps free. @default 64 MiB or 2 % of its limit, the smaller */
  readonly cgroupFloorBytes?: number | undefined;
  /** PSI `some` of memory above which a fill pauses, 0 to 1. @default 0.1 */
  readonly memoryPressure?: number | undefined;
  /** PSI `some` of I/O above which a fill is slowed while others read, 0 to 1. @default 0.4 */
  readonly ioPressure?: number | undefined;
  /** How often the baseline a read's p95 may take. Above 1. @default 2 */
  readonly readLatencyFactor?: number | undefined;
  /** A read's p95 on the idle device, milliseconds. @default measured before the first fill */
  readonly baselineReadMs?: number | undefined;
  /** MemAvailable to compare with, bytes. @default measured before the first fill */
  readonly baselineAvailableBytes?: number | undefined;
  /** The least a fill is slowed to, bytes a second. @default 5.7 % of the rate it reached unhindered, at least 8 MiB/s */
  readonly floorBytesPerSecond?: number | undefined;
  /** The most a fill may read, bytes a second. @default unlimited */
  readonly ceilingBytesPerSecond?: number | undefined;
  /**
   * Bytes a second while a device has no witness at all: no probe, no diskstats (a network filesystem).
   *
   * @default no limit: nothing there tells harm from its absence, and memory is guarded all the same
   */
  readonly blindBytesPerSecond?: number | undefined;
  /** Seconds of pausing after which the verdict becomes `stop`. @default never */
  readonly stopAfterSeconds?: number | undefined;
}
