import { addon } from './addon.ts';
import type { RawFailure, RawPath, RawRateLimiter } from './addon-types.ts';
import { type JobOptions, runJob } from './job.ts';
import type { RawProbeFile } from './probe-types.ts';
import type { RawFilesystem, RawInventoryColumns, RawQuietRead } from './storage-types.ts';

/** What statfs(2) says of a mounted filesystem. Bytes; 0 inodes where they are made as they are needed. */
export type FilesystemFacts = RawFilesystem;

/** statfs(2) on warmset's own threads: a dead server holds nobody else up. */
export async function lookAtFilesystem(path: RawPath, options: JobOptions = {}): Promise<FilesystemFacts> {
  return runJob(options, path, (...job) => addon().lookAtFilesystem(path, ...job));
}

export type InventoryKind = 'file' | 'directory' | 'link' | 'other' | 'unreadable';

/** One name of a directory; a symbolic link is itself, not what it leads to. */
export interface InventoryEntry {
  readonly name: Buffer;
  readonly kind: InventoryKind;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  /** Bytes on the device. */
  readonly allocated: number;
  readonly links: number;
  readonly modifiedNs: bigint;
  /** Parts of its data that other files share, as places on the device; `null` where that isn't told. */
  readonly shared: readonly PhysicalRange[] | null;
  readonly error: RawFailure | null;
}

export interface PhysicalRange {
  readonly offset: number;
  readonly length: number;
}

export interface Inventory {
  readonly dev: bigint;
  readonly ino: bigint;
  /** f_type of statfs(2). */
  readonly filesystem: number;
  readonly entries: readonly InventoryEntry[];
}

// As native/core/inventory.h has them.
const KINDS: readonly InventoryKind[] = ['file', 'directory', 'link', 'other', 'unreadable'];

/**
 * What takes up space in a directory. Nothing of any file is read.
 *
 * @param least files of fewer bytes aren't asked what they share with others
 */
export async function takeInventory(
  directory: RawPath,
  least: number,
  options: JobOptions = {},
): Promise<Inventory> {
  return toInventory(
    await runJob(options, directory, (...job) => addon().takeInventory(directory, least, ...job)),
  );
}

function toInventory(columns: RawInventoryColumns): Inventory {
  const { names, kinds, numbers, identities } = columns;
  const shared = new Map(
    columns.shared.map(({ index, known, ranges }) => [index, known ? toRanges(ranges) : null] as const),
  );
  const errors = new Map(columns.errors.map((error) => [error.index, error] as const));
  const entries = names.map((name, index): InventoryEntry => {
    const ranges = shared.get(index);
    return {
      name,
      kind: KINDS[kinds[index] ?? -1] ?? 'unreadable',
      dev: identities[2 + index * 3] ?? 0n,
      ino: identities[3 + index * 3] ?? 0n,
      size: numbers[index * 3] ?? 0,
      allocated: numbers[index * 3 + 1] ?? 0,
      links: numbers[index * 3 + 2] ?? 0,
      modifiedNs: BigInt.asIntN(64, identities[4 + index * 3] ?? 0n),
      shared: ranges === undefined ? [] : ranges,
      error: errors.get(index) ?? null,
    };
  });
  return {
    dev: identities[0] ?? 0n,
    ino: identities[1] ?? 0n,
    filesystem: columns.filesystem,
    entries,
  };
}

function toRanges(pairs: Float64Array): readonly PhysicalRange[] {
  const ranges: PhysicalRange[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    ranges.push({ offset: pairs[at] ?? 0, length: pairs[at + 1] ?? 0 });
  }
  return ranges;
}

/** Bytes; what one quiet read may take of the memory. */
export const MOST_QUIET_BYTES = 2 ** 26;

export interface QuietReadOptions extends JobOptions {
  /** Bytes. */
  readonly offset: number;
  /** Bytes, at most 64 MiB. Less is read where the file ends earlier. */
  readonly length: number;
  /** Each piece waits for its turn. */
  readonly limiter?: RawRateLimiter | undefined;
}

/**
 * Reads a range of a file and leaves the page cache as it was, in the best way that the filesystem has: O_DIRECT,
 * RWF_DONTCACHE (6.14), or an ordinary read whose pages are evicted again where mincore tells which they are.
 *
 * @throws SystemError as open(2) and pread(2) fail; ESTALE when another file is at the path
 */
export async function readQuietly(file: RawProbeFile, options: QuietReadOptions): Promise<RawQuietRead> {
  const { offset, length, limiter = null } = options;
  return runJob(options, file.path, (...job) => addon().readQuietly(file, offset, length, limiter, ...job));
}
