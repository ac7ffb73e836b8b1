import { setTimeout as delay } from 'node:timers/promises';
import { type FileFailure, isSystemError } from '../errors.ts';
import {
  filesystemName,
  type MappingKey,
  type MappingProcess,
  mappedBy,
  mappingKey,
  splitDevice,
} from '../host/index.ts';
import { addon } from '../native/addon.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { type FileResidency, residency } from '../residency/index.ts';
import { pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';

export interface EvictOptions extends JobOptions {
  /** Write changed pages first (fdatasync), because a dirty page can't be dropped. @default false */
  readonly sync?: boolean | undefined;
}

/** Why pages of a file are still there. */
export type Survival =
  | { readonly why: 'dirty'; readonly detail: string }
  | { readonly why: 'mapped'; readonly detail: string; readonly processes: readonly MappingProcess[] }
  | { readonly why: 'in-memory'; readonly detail: string }
  | { readonly why: 'in-use'; readonly detail: string };

export interface EvictedFile {
  readonly file: WarmFile;
  readonly before: FileResidency;
  readonly after: FileResidency;
  /** Null when nothing survived or it can't be known. */
  readonly survival: Survival | null;
  readonly failure: FileFailure | null;
}

export interface EvictResult {
  readonly files: readonly EvictedFile[];
  /** Resident bytes of the files of which it is known. */
  readonly residentBefore: number;
  readonly residentNow: number;
  readonly unknownFiles: number;
}

// Pages wait in per-CPU batches before they can be dropped, and readers hold some for a moment.
const PAUSES_MS = [0, 20, 100];

const AT_ONCE = 16;

/** Gives the files' pages back and reports what survived and why. Changed pages stay unless `sync` is set. */
export async function evict(set: WarmSet, options: EvictOptions = {}): Promise<EvictResult> {
  const before = await residency(set, options);
  const failures = new Map<WarmFile, FileFailure>();
  let left: readonly WarmFile[] = set.files;
  let after = before;
  for (const pause of PAUSES_MS) {
    if (left.length === 0) break;
    if (pause > 0) await delay(pause, undefined, options.signal ? { signal: options.signal } : {});
    await evictAll(left, options, failures);
    after = await residency(set, options);
    left = after.files
      .filter((file) => file.state === 'known' && file.residentPages > 0 && !failures.has(file.file))
      .map(({ file }) => file);
  }
  const survivals = await explainSurvivors(after.files);
  const files = set.files.flatMap((file, index): EvictedFile[] => {
    const was = before.files[index];
    const is = after.files[index];
    if (!was || !is) return [];
    const survival = survivals.get(file) ?? null;
    return [{ file, before: was, after: is, survival, failure: failures.get(file) ?? null }];
  });
  return {
    files,
    residentBefore: before.total.residentBytes,
    residentNow: after.total.residentBytes,
    unknownFiles: after.total.unknownFiles,
  };
}

async function evictAll(
  files: readonly WarmFile[],
  options: EvictOptions,
  failures: Map<WarmFile, FileFailure>,
): Promise<void> {
  const queue = files.values();
  const worker = async (): Promise<void> => {
    for (const file of queue) {
      const failure = await evictOne(file, options);
      if (failure) failures.set(file, failure);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function evictOne(file: WarmFile, options: EvictOptions): Promise<FileFailure | undefined> {
  const path = pathBytes(file);
  try {
    const sync = options.sync ?? false;
    await runJob(options, path, (...job) => addon().evict(path, 0, file.size, sync, ...job));
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    return { code: error.code, syscall: error.syscall, message: error.message };
  }
}

async function explainSurvivors(files: readonly FileResidency[]): Promise<ReadonlyMap<WarmFile, Survival>> {
  const survivors = files.flatMap((file) => (file.state === 'known' && file.residentPages > 0 ? [file] : []));
  if (survivors.length === 0) return new Map();
  const keyOf = ({ file }: FileResidency): MappingKey => mappingKey(splitDevice(file.dev), file.ino);
  const { processes } = await mappedBy(new Set(survivors.map(keyOf)));
  const explained = new Map<WarmFile, Survival>();
  for (const survivor of survivors) {
    const magic = await addon()
      .statfsMagic(pathBytes(survivor.file), null, null)
      .catch(() => 0);
    const mappers = processes.get(keyOf(survivor)) ?? [];
    explained.set(survivor.file, explain(survivor.dirtyPages, mappers, filesystemName(magic) ?? ''));
  }
  return explained;
}

function explain(
  dirtyPages: number | null,
  mappers: readonly MappingProcess[],
  filesystem: string,
): Survival {
  if (filesystem === 'tmpfs' || filesystem === 'ramfs') {
    return {
      why: 'in-memory',
      detail: `${filesystem} keeps its files in memory; there is nothing to read them from`,
    };
  }
  if (mappers.length > 0) {
    const names = mappers.map(({ pid, command }) => `${command} (${pid})`).join(', ');
    return { why: 'mapped', detail: `mapped by ${names}`, processes: mappers };
  }
  if (dirtyPages) {
    return { why: 'dirty', detail: `${dirtyPages} pages are changed and not written; use --sync` };
  }
  return {
    why: 'in-use',
    detail: 'in use: being read or written, locked, or mapped by a process that may not be seen',
  };
}
