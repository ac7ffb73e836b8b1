import type { FileFailure } from '../errors.ts';
import type { ReasonCode, Verdict } from '../guard/index.ts';
import type { HitEstimate, KeeperEvents, KeeperState, SweepReport } from '../keeper/types.ts';

/** What tells the events: a keeper, or anything that emits the same. */
export interface KeeperSource {
  on<Name extends keyof KeeperEvents>(event: Name, listener: (...args: KeeperEvents[Name]) => void): unknown;
  off<Name extends keyof KeeperEvents>(event: Name, listener: (...args: KeeperEvents[Name]) => void): unknown;
}

/** A time during which the guard said the same, for the same reason. It ends where the next one begins. */
export interface VerdictSpell {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly action: Verdict['action'];
  readonly code: ReasonCode | null;
  /** The latest words of the spell: the readings in them move on. */
  readonly message: string | null;
  /** Only while slowed. */
  readonly bytesPerSecond: number | null;
}

/** Of the samples kept, milliseconds; nearest rank, so each is a sample that was taken. */
export interface LatencyQuantiles {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface Problem {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly what: string;
  readonly failure: FileFailure;
}

/** What is known of a keeper now, from its events alone. Plain data, fit for JSON; `null` is not known (yet). */
export interface KeeperView {
  /** When this was put together, milliseconds since the epoch. */
  readonly atMs: number;
  readonly state: KeeperState | null;
  /** The last sweep; before it reads what is missing, as far as it has come. */
  readonly sweep: SweepReport | null;
  /** Oldest first; the last one holds now. Bounded. */
  readonly verdicts: readonly VerdictSpell[];
  /** Bytes a second that a fill may read now; 0 while it is paused. `null`: no limit, or none known. */
  readonly rateLimit: number | null;
  readonly hits: HitEstimate | null;
  readonly latency: {
    /** Calls of open and of mmap, together. */
    readonly openMmap: LatencyQuantiles | null;
    /** Single reads of the device. */
    readonly read: LatencyQuantiles | null;
  };
  /** Latest first. Bounded. */
  readonly problems: readonly Problem[];
}

/** Whether the process works (`live`) and whether the sets are as they should be (`ready`). */
export interface Health {
  readonly live: boolean;
  readonly ready: boolean;
  /** What is wrong, a sentence each; empty when nothing is. */
  readonly reasons: readonly string[];
}

/** One NVMe-oF connection as it is now; `null` is not known and has no series. */
export interface NvmeofPathReading {
  readonly subsystem: string;
  readonly controller: string;
  readonly transport: string;
  /** In the kernel's word. */
  readonly state: string | null;
  /** Since the watching began. */
  readonly reconnects: number;
  readonly queueCount: number | null;
  readonly keepAliveSeconds: number | null;
  readonly reconnectDelaySeconds: number | null;
  /** `'off'`: never given up. */
  readonly ctrlLossSeconds: number | 'off' | null;
  readonly commandErrors: number | null;
  readonly resets: number | null;
}
