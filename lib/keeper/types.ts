import type { FileFailure } from '../errors.ts';
import type { Reason, Verdict } from '../guard/index.ts';

/** What a keeper is doing. Times are milliseconds since the epoch. */
export type KeeperState =
  /** `null`: it waits for the lock of the node, or for a sweep to be asked for. */
  | { readonly name: 'idle'; readonly nextSweepAtMs: number | null }
  | { readonly name: 'sweeping'; readonly sinceMs: number }
  | { readonly name: 'filling'; readonly sinceMs: number; readonly set: string }
  | { readonly name: 'backing-off'; readonly untilMs: number; readonly reason: Reason }
  | { readonly name: 'stopped'; readonly why: StoppedWhy; readonly detail: string };

export type StateName = KeeperState['name'];

/**
 * `disabled` is the rollback flag, `other-keeper` a lock that another keeper of this node holds; both are wanted.
 * `failed`: the lock can't be taken.
 */
export type StoppedWhy = 'not-started' | 'closed' | 'disabled' | 'other-keeper' | 'failed';

/** One file of a set as the last sweep left it, in bytes. */
export interface FileStatus {
  readonly path: string;
  readonly sizeBytes: number;
  /** What of the size is data, holes left out. */
  readonly dataBytes: number;
  /** Of the data; `null`: not known. */
  readonly residentBytes: number | null;
  /** Since the keeper began. */
  readonly refilledBytes: number;
  /** What that cost: of the time of each fill the file's share by bytes. */
  readonly refillSeconds: number;
  /** Resident at one sweep and gone at a later one, since the keeper began. */
  readonly lostBytes: number;
  /** Up to 64 shares from 0 to 1, of equal parts of the file; fewer where there are very many files, none where unknown. */
  readonly map: readonly number[];
  readonly failure: FileFailure | null;
}

/** One set as the last sweep left it. Bytes; totals are since the keeper began. */
export interface SetStatus {
  readonly name: string;
  readonly priority: number;
  /** What the set holds; holes not counted. */
  readonly targetBytes: number;
  /** Of `targetBytes`, those of files whose residency is known. */
  readonly knownBytes: number;
  /** Of the files whose residency is known. */
  readonly residentBytes: number;
  /** residentBytes / knownBytes; `null` when nothing is known. */
  readonly hitRatio: number | null;
  /** What may be resident of this set now: budget, quota and those more urgent taken into account. */
  readonly allowedBytes: number;
  readonly refilledBytes: number;
  readonly refillSeconds: number;
  readonly lostBytes: number;
  readonly unknownFiles: number;
  readonly failedFiles: number;
  /** Targets of the set, or places below them, that can't be used. */
  readonly failedTargets: number;
  /** A file that two sets name belongs to the more urgent one alone. */
  readonly files: readonly FileStatus[];
}

/** `budget`: it doesn't fit; any other code is the guard's, or that of a back-off. */
export type Held = Reason | { readonly code: 'budget'; readonly message: string };

export interface SweepReport {
  readonly startedAtMs: number;
  readonly seconds: number;
  /** Most urgent first. */
  readonly sets: readonly SetStatus[];
  /** The whole keeper's budget now, and which limit binds. */
  readonly budget: { readonly allowedBytes: number; readonly limit: string; readonly reason: string };
  /** Why something that is missing was not read; `null` when nothing is missing. */
  readonly held: Held | null;
}

/** Whose reads are watched: a process as `/proc` shows it, or all of a cgroup, named by its directory. */
export type WatchedReader = { readonly pid: number } | { readonly cgroup: string };

/**
 * What of a watched server's reads came from the page cache, since the last time it was asked. An estimate, with its
 * method in words.
 */
export interface HitEstimate {
  readonly watched: WatchedReader;
  readonly method: string;
  /** 1 - fromDeviceBytes / readBytes: 0 to 1; `null` while it read nothing. */
  readonly hitRatio: number | null;
  readonly readBytes: number;
  readonly fromDeviceBytes: number;
  readonly majorFaults: number;
  /** Of a cgroup: read again soon after it was evicted there. `null`: of a process, or not told. */
  readonly refaultedBytes: number | null;
}

/** What became of a snapshot. Bytes. */
export interface SnapshotReport {
  readonly what: 'saved' | 'restored';
  readonly path: string;
  /** What is recorded as resident, of the keeper's own files. */
  readonly recordedBytes: number;
  /** Read by a restore; 0 for a save. */
  readonly readBytes: number;
}

/** Latency samples that were just taken, in milliseconds. */
export interface ProbeSample {
  readonly kind: 'open' | 'mmap' | 'read';
  readonly set: string;
  readonly milliseconds: readonly number[];
}

/** What a keeper tells, by event; each with one argument. Metrics and logs know these and nothing else of it. */
export interface KeeperEvents {
  readonly state: [state: KeeperState];
  readonly sweep: [report: SweepReport];
  /** What a sweep has found, where it goes on to read: its fill may take long, and then this is what is so meanwhile. */
  readonly measured: [report: SweepReport];
  readonly fill: [
    fill: {
      readonly set: string;
      readonly readBytes: number;
      readonly seconds: number;
      readonly lostBytes: number;
    },
  ];
  readonly verdict: [verdict: Verdict];
  /** What a fill may read from now on: bytes a second, 0 while it is paused, `null` for no limit. */
  readonly rate: [rate: { readonly bytesPerSecond: number | null }];
  readonly probe: [sample: ProbeSample];
  readonly hits: [estimate: HitEstimate];
  /** A reload. The lines say what changes, or what is wrong with what was refused. */
  readonly config: [change: { readonly accepted: boolean; readonly lines: readonly string[] }];
  /** The lock that keeps a node to one keeper. */
  readonly lock: [
    lock: { readonly state: 'waiting' | 'held' | 'left' | 'released'; readonly directory: string },
  ];
  readonly snapshot: [snapshot: SnapshotReport];
  readonly problem: [problem: { readonly what: string; readonly failure: FileFailure }];
}

/** Whether the loop works (`live`) and whether the sets are as they should be (`ready`). */
export interface KeeperHealth {
  readonly live: boolean;
  readonly ready: boolean;
  /** What is wrong or held back, a sentence each. */
  readonly reasons: readonly string[];
}

/** What a keeper knows of itself now. */
export interface KeeperNow {
  readonly state: KeeperState;
  /** The last sweep that came to its end. */
  readonly sweep: SweepReport | null;
  /** The guard's last word. */
  readonly verdict: Verdict | null;
  readonly hits: HitEstimate | null;
  readonly health: KeeperHealth;
}
