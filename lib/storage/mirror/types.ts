import type { FileFailure } from '../../errors.ts';
import type { GuardSummary, HostGuard } from '../../fill/index.ts';
import type { Verdict } from '../../guard/index.ts';
import type { JobOptions } from '../../native/job.ts';
import type { TargetFailure } from '../../targets/index.ts';
import type { BytePath } from './byte-path.ts';

/** By what a change of a file is seen. */
export interface Version {
  readonly ino: bigint;
  /** Bytes. */
  readonly size: number;
  readonly modifiedNs: bigint;
}

/** One name that a mirror has to have. `relative` is where it stands in the mirror. */
export type SourceEntry =
  | { readonly kind: 'directory'; readonly relative: BytePath; readonly path: BytePath }
  | { readonly kind: 'link'; readonly relative: BytePath; readonly leadsTo: BytePath }
  | SourceFile;

export interface SourceFile extends Version {
  readonly kind: 'file';
  readonly relative: BytePath;
  /** Where it is read. */
  readonly path: BytePath;
  readonly dev: bigint;
  /** Bytes on the device: fewer than its size where it has holes. */
  readonly allocated: number;
}

/** What a mirror is made of, as it was found. */
export interface SourceTree {
  readonly root: BytePath;
  /** Directories before what is in them. */
  readonly entries: readonly SourceEntry[];
  readonly failures: readonly TargetFailure[];
  /** Sockets, FIFOs and devices: they have no bytes. */
  readonly leftOut: number;
}

/** How a file of the mirror was checked: read back from its device, by the source's hash alone, or as shared data. */
export type Verified = 'destination' | 'source' | 'shared';

export interface MirrorOptions extends JobOptions {
  /** Bytes a second that are copied at most. @default unlimited; the guard may still slow it */
  readonly rate?: number | undefined;
  /** Bytes that the mirror may take on its device. @default what is free but for `keepFree` */
  readonly maxBytes?: number | undefined;
  /** Share of the destination's filesystem that stays free, 0 to 1. @default 0.05 */
  readonly keepFree?: number | undefined;
  /** `false` copies at full speed. @default a guard of its own */
  readonly guard?: HostGuard | false | undefined;
  /** What is compared with the source's hash before a file gets its name. @default 'destination' */
  readonly verify?: 'destination' | 'source' | undefined;
  /** Leaves what was written in the page cache. @default false */
  readonly warm?: boolean | undefined;
  /** Removes from the mirror what is gone from the source. @default false */
  readonly delete?: boolean | undefined;
  /** Replaces what somebody else put or changed in the mirror. @default false */
  readonly overwrite?: boolean | undefined;
  readonly onProgress?: ((progress: MirrorProgress) => void) | undefined;
}

export interface MirrorProgress {
  /** The file that is worked on. */
  readonly path: string;
  /** Of `toCopy`: what was copied, or found to be there. */
  readonly copied: number;
  readonly toCopy: number;
  /** What the guard says; `null` without one. */
  readonly verdict: Verdict | null;
}

/**
 * - `copied`: written; `shared`: its data is the source's own (reflink); `named`: another name of a file that is there.
 * - `adopted`: it was there without our doing, with the same bytes.
 * - `changed-here`: somebody changed it in the mirror; it was left as it is.
 * - `left-out`: there was no room for it, or the run was stopped before.
 */
export type FileOutcome = 'copied' | 'shared' | 'named' | 'adopted' | 'changed-here' | 'left-out' | 'failed';

/** A file that wasn't whole when the run began. */
export interface MirroredFile {
  readonly path: string;
  readonly outcome: FileOutcome;
  readonly size: number;
  /** Of its bytes: not read again, because an earlier run had copied them. */
  readonly resumedBytes: number;
  /** sha256, where its bytes were read. */
  readonly sha256: string | null;
  readonly verified: Verified | null;
  /** With `failed`, and why it was left out. */
  readonly failure: FileFailure | null;
}

export type MirrorStop = {
  readonly reason: 'signal' | 'guard' | 'budget' | 'no-room';
  readonly detail: string;
};

export interface FilesAndBytes {
  readonly files: number;
  readonly bytes: number;
}

/** One run over all of a source. Sizes are bytes. */
export interface MirrorResult {
  readonly source: string;
  readonly local: string;
  readonly asked: FilesAndBytes;
  /** Whole before this run, and unchanged since. */
  readonly skipped: FilesAndBytes;
  /** Written by this run. */
  readonly copied: FilesAndBytes;
  readonly shared: FilesAndBytes;
  readonly verified: FilesAndBytes;
  readonly failed: FilesAndBytes;
  /** Every file that wasn't whole before. */
  readonly files: readonly MirroredFile[];
  /** Parts of the source that couldn't be looked at. */
  readonly failures: readonly TargetFailure[];
  readonly deleted: readonly string[];
  /** In the mirror and not in the source any more: only `delete` removes them. */
  readonly gone: readonly string[];
  readonly seconds: number;
  /** `null`: nothing was copied. */
  readonly bytesPerSecond: number | null;
  /** Pages of the source that reading it left in the cache; `null` where that isn't known. */
  readonly sourcePagesLeft: number | null;
  /** Of the files written by this run: in the page cache at its end; `null` where that isn't known. */
  readonly residentBytes: number | null;
  /** Milliseconds that it waited because the destination took longer to write than at first. */
  readonly waitedForWritesMs: number;
  readonly stopped: MirrorStop | null;
  readonly guard: GuardSummary | null;
  /** Everything of the source is in the mirror. */
  readonly whole: boolean;
}
