import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isSystemError } from '../../errors.ts';
import { HostGuard } from '../../fill/index.ts';
import type { JobOptions } from '../../native/job.ts';
import { needHash, needSample } from './equal-files.ts';
import { gather, type LocalFile } from './gather.ts';
import { readInventory, writeInventory } from './inventory-file.ts';
import { mergeInventories } from './merge.ts';
import { type ReadingSummary, readContents } from './read-contents.ts';
import { StorageNames } from './storage-names.ts';
import type { FootprintInventory } from './types.ts';

export interface FootprintOptions extends JobOptions {
  /** What this machine is called among others. @default its host name */
  readonly node?: string | undefined;
  /** Files of fewer bytes are added up and not compared. From 1. @default 1 MiB */
  readonly leastBytes?: number | undefined;
  /** Reads all of files that look equal and have no hash. @default false */
  readonly verify?: boolean | undefined;
  /** Where the inventory is kept; what an earlier run has read of unchanged files isn't read again. */
  readonly save?: string | undefined;
  /** `false` reads at full speed. @default a guard of its own */
  readonly guard?: HostGuard | false | undefined;
  /** Inventories of other nodes: files of a size that is among them are sampled, too. */
  readonly others?: readonly FootprintInventory[] | undefined;
  readonly onProgress?: ((readBytes: number, allBytes: number) => void) | undefined;
}

export interface FootprintResult {
  readonly inventory: FootprintInventory;
  readonly reading: ReadingSummary;
}

const LEAST_BYTES = 1 << 20;

/**
 * Takes stock of what lies below some directories: which files, whose, and which of them are equal. Names, sizes and
 * places come first; of files that could be equal heads and tails are read; whole files only to `verify`. Reading leaves
 * the page cache as it was and runs under a guard.
 *
 * @throws WarmsetError `WARMSET_BAD_INVENTORY` when `save` is a file that is no inventory: it isn't overwritten
 */
export async function takeFootprint(
  roots: readonly string[],
  options: FootprintOptions = {},
): Promise<FootprintResult> {
  const { save, others = [], signal } = options;
  const node = options.node ?? hostname();
  const leastBytes = Math.max(1, options.leastBytes ?? LEAST_BYTES);
  const before = save === undefined ? null : await readIfThere(save);
  const storages = await StorageNames.read(node);
  const { files, small, failures } = await gather(roots, { ...options, node, leastBytes, storages });
  if (before) for (const file of reuse(files, before)) file[0].record = file[1];
  const reads: ReadingSummary[] = [];
  const inventory = (): FootprintInventory => ({
    takenAtMs: Date.now(),
    nodes: [node],
    leastBytes,
    roots: roots.map((root) => `${node}:${resolve(root)}`),
    files: files.map(({ record }) => record),
    small,
    failures: [...failures, ...reads.flatMap((reading) => reading.failures)],
  });
  const checkpoint = async (): Promise<void> => {
    if (save !== undefined) await writeInventory(save, inventory());
  };
  const reading = {
    ...{ signal, priority: options.priority, checkpoint, onProgress: options.onProgress },
    guard: options.guard ?? new HostGuard(),
  };
  try {
    reads.push(await readContents('sample', toSample(files, others, save !== undefined), reading));
    if (options.verify && reads[0]?.stopped === null) {
      reads.push(await readContents('hash', toHash(files, others), reading));
    }
  } finally {
    // What was read until now isn't read again, whatever ended it.
    await checkpoint();
  }
  return { inventory: inventory(), reading: addUp(reads) };
}

async function readIfThere(path: string): Promise<FootprintInventory | null> {
  try {
    return await readInventory(path);
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Files that are as they were, with what was read of them. Not by device number, which a new mount changes. */
function reuse(files: readonly LocalFile[], before: FootprintInventory): [LocalFile, LocalFile['record']][] {
  const keyOf = ({ path, ino, size, modifiedNs }: LocalFile['record']): string =>
    JSON.stringify([path, ino, size, modifiedNs]);
  const known = new Map(before.files.map((record) => [keyOf(record), record] as const));
  return files.flatMap((file): [LocalFile, LocalFile['record']][] => {
    const old = known.get(keyOf(file.record));
    if (!old) return [];
    const { hash, sample } = file.record;
    return [[file, { ...file.record, hash: hash ?? old.hash, sample: sample ?? old.sample }]];
  });
}

/** All where the inventory is kept: with what other nodes' files it will be compared isn't known yet. */
function toSample(
  files: readonly LocalFile[],
  others: readonly FootprintInventory[],
  all: boolean,
): readonly LocalFile[] {
  if (all) return files.filter(({ record }) => record.sample === null && record.size > 0);
  const needed = needSample(together(files, others));
  return files.filter(({ record }) => needed.has(record));
}

function toHash(files: readonly LocalFile[], others: readonly FootprintInventory[]): readonly LocalFile[] {
  const needed = needHash(together(files, others));
  return files.filter(({ record }) => needed.has(record));
}

function together(files: readonly LocalFile[], others: readonly FootprintInventory[]): LocalFile['record'][] {
  return [...files.map(({ record }) => record), ...mergeInventories(others).files];
}

function addUp(reads: readonly ReadingSummary[]): ReadingSummary {
  return {
    readBytes: reads.reduce((sum, { readBytes }) => sum + readBytes, 0),
    leftPages: reads.reduce<number | null>(
      (sum, { leftPages }) => (sum === null || leftPages === null ? null : sum + leftPages),
      0,
    ),
    stopped: reads.find(({ stopped }) => stopped !== null)?.stopped ?? null,
    failures: reads.flatMap(({ failures }) => failures),
  };
}
