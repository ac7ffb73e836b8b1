import { addon } from './addon.ts';
import type { RawCachestat, RawFeatures, RawFile, RawSupport } from './addon-types.ts';
import { type JobOptions, runJob } from './job.ts';
import { Mapping } from './mapping.ts';
import { type ResidentPages, toResidentPages } from './resident-pages.ts';

/** A path (string, or bytes where the name isn't UTF-8), or an open descriptor, which is duplicated at the call. */
export type File = RawFile;

/** Page counts of cachestat(2). `cached` includes pages whose read is still in flight. */
export type CachestatCounts = RawCachestat;

/** `blocked`: the kernel has the call, but a seccomp profile answers for it. */
export type Support = RawSupport;

/** What the running kernel offers, found by asking it and not by its version. */
export type Features = RawFeatures;

/** Advice of posix_fadvise(2). */
export type FileAdvice = 'normal' | 'random' | 'sequential' | 'willneed' | 'dontneed' | 'noreuse';

export interface RangeOptions extends JobOptions {
  /** Bytes. @default 0 */
  readonly offset?: number | undefined;
  /** Bytes; 0 means to the end of the file. @default 0 */
  readonly length?: number | undefined;
}

/** Answers at once: none of its questions can block. */
export function features(): Features {
  return addon().features();
}

/**
 * mincore(2) over part of a file: pages that are up to date. True only for a caller who owns the file, has CAP_FOWNER
 * or may write it; for everyone else the kernel (5.2+) reports every page resident. `residency()` knows when to ask.
 */
export async function mincore(file: File, options: RangeOptions = {}): Promise<ResidentPages> {
  const { offset = 0, length = 0 } = options;
  return toResidentPages(
    await runJob(options, file, (...job) => addon().mincore(file, offset, length, ...job)),
  );
}

/** cachestat(2), Linux 6.5. Answers 0 on overlayfs whatever is resident; EPERM as mincore should (6.6.75, 6.12.12). */
export async function cachestat(file: File, options: RangeOptions = {}): Promise<CachestatCounts> {
  const { offset = 0, length = 0 } = options;
  return runJob(options, file, (...job) => addon().cachestat(file, offset, length, ...job));
}

/** posix_fadvise(2). One `willneed` is silently cut to max(read_ahead_kb, max_sectors_kb). */
export async function fadvise(file: File, advice: FileAdvice, options: RangeOptions = {}): Promise<void> {
  const { offset = 0, length = 0 } = options;
  return runJob(options, file, (...job) => addon().fadvise(file, offset, length, advice, ...job));
}

/** readahead(2), cut as `willneed` is. */
export async function readahead(
  file: File,
  options: RangeOptions & { readonly length: number },
): Promise<void> {
  const { offset = 0, length } = options;
  return runJob(options, file, (...job) => addon().readahead(file, offset, length, ...job));
}

/** mmap(2), read-only and shared. `offset` must be a multiple of the page size. */
export async function openMapping(file: File, options: RangeOptions = {}): Promise<Mapping> {
  const { offset = 0, length = 0 } = options;
  return new Mapping(
    await runJob(options, file, (...job) => addon().openMapping(file, offset, length, ...job)),
  );
}

/** f_type of statfs(2): the number that names the filesystem, linux/magic.h. */
export async function statfsMagic(path: string | Buffer, options: JobOptions = {}): Promise<number> {
  return runJob(options, path, (...job) => addon().statfsMagic(path, ...job));
}
