import type { UnknownCode } from '../residency/index.ts';
import type { Runs } from '../residency/runs.ts';

/** What a file was when its pages were recorded. */
export interface RecordedIdentity {
  /** Absolute; exact unless `rawPath` is there, as in a warm set's files. */
  readonly path: string;
  /** The path as bytes, only where it isn't UTF-8. */
  readonly rawPath?: Buffer;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Bytes. */
  readonly size: number;
}

export interface KnownRecord extends RecordedIdentity {
  readonly state: 'known';
  /** st_mtime, nanoseconds since 1970. */
  readonly modifiedNs: bigint;
  /** Resident pages: pairs of first page and number of pages, in the snapshot's page size. */
  readonly runs: Runs;
}

/** A file that was asked for and whose pages nobody could be trusted to know. Never the same as an empty one. */
export interface UnknownRecord extends RecordedIdentity {
  readonly state: 'unknown';
  /** Null where the file couldn't even be opened. */
  readonly modifiedNs: bigint | null;
  readonly reason: RecordedReason;
}

export interface RecordedReason {
  readonly code: UnknownCode;
  readonly message: string;
  readonly remedy: string;
}

export type RecordedFile = KnownRecord | UnknownRecord;

/** The resident pages of a warm set at one time, most urgent file first. */
export interface Snapshot {
  /** Bytes. */
  readonly pageSize: number;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly files: readonly RecordedFile[];
}
