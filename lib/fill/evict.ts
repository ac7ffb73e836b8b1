import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type FileFailure, isSystemError } from '../errors.ts';
import {
  filesystemName,
  findMount,
  type MappingKey,
  type MappingProcess,
  type Mount,
  mappedBy,
  mappingKey,
  readMounts,
  splitDevice,
} from '../host/index.ts';
import { addon } from '../native/addon.ts';
import { fadvise } from '../native/index.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { type FileResidency, residency } from '../residency/index.ts';
import { toWantedPages } from '../residency/wanted-pages.ts';
import { type ByteRange, pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';

export interface EvictOptions extends JobOptions {
  /**
   * Write changed pages first and wait for it (fdatasync), because a dirty page can't be dropped. Without it the kernel
   * begins to write them when it is told to drop them, and those that are written by the last try go, too.
   * @default false
   */
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

const HUGE_PAGE = 2 * 1024 * 1024;

/** Gives the files' pages back and reports what survived and why. */
export async function evict(set: WarmSet, options: EvictOptions = {}): Promise<EvictResult> {
  const before = await residency(set, options);
  const failures = new Map<WarmFile, FileFailure>();
  for (const { file, ...was } of before.files) {
    if (was.state !== 'unknown' || was.reason.code !== 'replaced') continue;
    failures.set(file, { code: 'WARMSET_FILE_REPLACED', syscall: undefined, message: was.reason.message });
  }
  let left: readonly WarmFile[] = set.files.filter((file) => !failures.has(file));
  let after = before;
  for (const pause of PAUSES_MS) {
    if (left.length === 0) break;
    await delay(pause);
    options.signal?.throwIfAborted();
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
  const sync = options.sync ?? false;
  try {
    if (file.parts) {
      await evictParts(file, file.parts, { ...options, sync });
      return undefined;
    }
    // To its end, wherever that is by now.
    await runJob(options, path, (...job) => addon().evict(path, 0, 0, sync, ...job));
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    return { code: error.code, syscall: error.syscall, message: error.message };
  }
}

/** Exactly the pages that the parts touch. What shares a large folio with others stays, since the kernel drops folios whole. */
async function evictParts(
  file: WarmFile,
  parts: readonly ByteRange[],
  options: EvictOptions & { readonly sync: boolean },
): Promise<void> {
  const { pageSize } = addon().features();
  const path = pathBytes(file);
  // The way to fdatasync on our own threads: behind the end there is nothing to evict.
  const behind = Math.ceil((file.size + 1) / HUGE_PAGE) * HUGE_PAGE;
  if (options.sync) await runJob(options, path, (...job) => addon().evict(path, behind, 1, true, ...job));
  const wanted = toWantedPages(parts, file.size, pageSize);
  for (let index = 0; index < wanted.length; index += 2) {
    const [first = 0, count = 0] = wanted.subarray(index, index + 2);
    await fadvise(path, 'dontneed', { ...options, offset: first * pageSize, length: count * pageSize });
  }
}

async function explainSurvivors(files: readonly FileResidency[]): Promise<ReadonlyMap<WarmFile, Survival>> {
  const survivors = files.flatMap((file) => (file.state === 'known' && file.residentPages > 0 ? [file] : []));
  if (survivors.length === 0) return new Map();
  const mounts = await readMounts();
  const keys = new Map<WarmFile, readonly MappingKey[]>();
  for (const { file } of survivors) keys.set(file, await keysOf(file, mounts));
  const { processes } = await mappedBy([...keys.values()].flat());
  const explained = new Map<WarmFile, Survival>();
  for (const { file, dirtyPages } of survivors) {
    const magic = await addon()
      .statfsMagic(pathBytes(file), null, null)
      .catch(() => 0);
    const mappers = keys.get(file)?.flatMap((key) => processes.get(key) ?? []) ?? [];
    const survival = explain(dirtyPages, mappers, filesystemName(magic) ?? '');
    explained.set(file, survival.why === 'in-use' && file.parts ? BESIDE_OTHERS : survival);
  }
  return explained;
}

/** What the file may be called in the kernel's lists of mappings: btrfs has a device of its own for stat. */
async function keysOf(file: WarmFile, mounts: readonly Mount[]): Promise<readonly MappingKey[]> {
  const path = await realpath(pathBytes(file)).catch(() => file.path);
  const mount = findMount(mounts, path);
  const devices = [splitDevice(file.dev), ...(mount ? [mount] : [])];
  return [...new Set(devices.map((device) => mappingKey(device, file.ino)))];
}

const BESIDE_OTHERS: Survival = {
  why: 'in-use',
  detail:
    'in use, or in large folios with pages that were not to be evicted, which the kernel drops only whole',
};

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
