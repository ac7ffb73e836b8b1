import { addon } from './addon.ts';
import type { RawPath, RawRateLimiter } from './addon-types.ts';
import { type JobOptions, runJob } from './job.ts';
import type { RawProbeFile } from './probe-types.ts';
import type { RawCopiedPiece, RawEntryFacts, RawPublication } from './storage-types.ts';

export type EntryKind = 'file' | 'directory' | 'link' | 'other';

/** A name as it is; of a symbolic link where it leads, and nothing of what is there. Sizes are bytes. */
export interface EntryFacts extends Omit<RawEntryFacts, 'kind'> {
  readonly kind: EntryKind;
}

/** A file by its path and what is expected there. */
export type CopiedFile = RawProbeFile;

// As native/core/copy.h has them.
const KINDS: readonly EntryKind[] = ['file', 'directory', 'link', 'other'];

function toFacts({ kind, ...rest }: RawEntryFacts): EntryFacts {
  return { ...rest, kind: KINDS[kind] ?? 'other' };
}

/** lstat(2) and readlink(2) on warmset's own threads: a dead server holds nobody else up. */
export async function lookAtEntry(path: RawPath, options: JobOptions = {}): Promise<EntryFacts> {
  return toFacts(await runJob(options, path, (...job) => addon().lookAtEntry(path, ...job)));
}

/** Makes a file (0600) that is to be copied into, or finds the one that is there. */
export async function openPartial(path: RawPath, options: JobOptions = {}): Promise<EntryFacts> {
  return toFacts(await runJob(options, path, (...job) => addon().openPartial(path, ...job)));
}

export interface PieceOptions extends JobOptions {
  readonly offset: number;
  /** No more than this, and no more than 1 MiB of data. */
  readonly length: number;
  readonly limiter: RawRateLimiter | null;
}

/**
 * Copies what stands at an offset: data up to the next hole, or the length of the hole that is there. The source's pages
 * are left as they were. Neither data nor hole: the source ends before.
 *
 * @throws SystemError as the calls fail; ESTALE when another file is at one of the paths
 */
export async function copyPiece(
  source: CopiedFile,
  destination: CopiedFile,
  options: PieceOptions,
): Promise<RawCopiedPiece> {
  const { offset, length, limiter } = options;
  return runJob(options, source.path, (...job) =>
    addon().copyPiece(source, destination, offset, length, limiter, ...job),
  );
}

/** fdatasync(2); unless `keep`, the window's pages leave the cache then. */
export async function settleWindow(
  destination: CopiedFile,
  window: { readonly offset: number; readonly length: number; readonly keep: boolean },
  options: JobOptions = {},
): Promise<void> {
  const { offset, length, keep } = window;
  return runJob(options, destination.path, (...job) =>
    addon().settleWindow(destination, offset, length, keep, ...job),
  );
}

/** FICLONE: both share one set of data until one of them is written. False where that can't be. */
export async function cloneFile(
  source: CopiedFile,
  destination: CopiedFile,
  options: JobOptions = {},
): Promise<boolean> {
  return runJob(options, destination.path, (...job) => addon().cloneFile(source, destination, ...job));
}

/** Length, owner, mode and time; then the disk; then, at once, the name. */
export async function publishFile(
  destination: CopiedFile,
  publication: RawPublication,
  options: JobOptions = {},
): Promise<void> {
  const { modifiedNs, ...rest } = publication;
  return runJob(options, publication.at, (...job) =>
    addon().publishFile(destination, { ...rest, modifiedNs: BigInt.asUintN(64, modifiedNs) }, ...job),
  );
}
