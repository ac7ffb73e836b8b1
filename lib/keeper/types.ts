import type { FileFailure } from '../errors.ts';
import type { Reason, Verdict } from '../guard/index.ts';

/** What a keeper is doing. Times are milliseconds since the epoch. */
export type KeeperState =
  | { readonly name: 'idle'; readonly nextSweepAtMs: number | null }
  | { readonly name: 'sweeping'; readonly sinceMs: number }
  | { readonly name: 'filling'; readonly sinceMs: number; readonly set: string }
  | { readonly name: 'backing-off'; readonly untilMs: number; readonly reason: Reason }
  | { readonly name: 'stopped'; readonly why: StoppedWhy; readonly detail: string };

export type StateName = KeeperState['name'];

export type StoppedWhy = 'not-started' | 'closed' | 'disabled' | 'other-keeper' | 'failed';

/** One file of a set as the last sweep left it, in bytes. */
export interface FileStatus {
  readonly path: string;
  readonly sizeBytes: number;
  /** `null`: not known. */
  readonly residentBytes: number | null;
  /** Since the keeper began. */
  readonly refilledBytes: number;
  /** Resident at one sweep and gone at a later one, since the keeper began. */
  readonly lostBytes: number;
  /** Up to 64 shares from 0 to 1, of equal parts of the file; empty where unknown. */
  readonly map: readonly number[];
  readonly failure: FileFailure | null;
}

/** One set as the last sweep left it. Bytes; totals are since the keeper began. */
export interface SetStatus {
  readonly name: string;
  readonly priority: number;
  /** What the set holds; holes not counted. */
  readonly targetBytes: number;
  /** Of the files whose residency is known. */
  readonly residentBytes: number;
  /** residentBytes / targetBytes over the files that are known; `null` when nothing is. */
  readonly hitRatio: number | null;
  /** What may be resident of this set now: budget, quota and those more urgent taken into account. */
  readonly allowedBytes: number;
  readonly refilledBytes: number;
  readonly refillSeconds: number;
  readonly lostBytes: number;
  readonly unknownFiles: number;
  readonly failedFiles: number;
  readonly files: readonly FileStatus[];
}

export interface SweepReport {
  readonly startedAtMs: number;
  readonly seconds: number;
  /** Most urgent first. */
  readonly sets: readonly SetStatus[];
  /** The whole keeper's budget now, and which limit binds. */
  readonly budget: { readonly allowedBytes: number; readonly limit: string; readonly reason: string };
  /** Why something that is missing was not read; `null` when nothing is missing. */
  readonly held: Reason | { readonly code: 'budget'; readonly message: string } | null;
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
  readonly fill: [
    fill: {
      readonly set: string;
      readonly readBytes: number;
      readonly seconds: number;
      readonly lostBytes: number;
    },
  ];
  readonly verdict: [verdict: Verdict];
  readonly rate: [rate: { readonly bytesPerSecond: number }];
  readonly probe: [sample: ProbeSample];
  readonly hits: [estimate: HitEstimate];
  readonly config: [change: { readonly accepted: boolean; readonly lines: readonly string[] }];
  readonly problem: [problem: { readonly what: string; readonly failure: FileFailure }];
}
