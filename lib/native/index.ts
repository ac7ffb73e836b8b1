/**
 * The kernel's calls, typed: `warmset/native`.
 *
 * Every function that can block runs on warmset's own threads, takes a path or a descriptor, and fails like Node's
 * own fs functions: `{ code, errno, syscall, path }`. Offsets and lengths are bytes, integers from 0 to 2^53
 * (8 PiB); anything else throws a RangeError (`ERR_OUT_OF_RANGE`) or TypeError (`ERR_INVALID_ARG_TYPE`).
 */
export type { SystemError } from '../errors.ts';
export {
  type CachestatCounts,
  cachestat,
  type Features,
  type File,
  type FileAdvice,
  fadvise,
  features,
  mincore,
  openMapping,
  type RangeOptions,
  readahead,
  type Support,
  statfsMagic,
} from './calls.ts';
export type { IoClass, JobOptions, Priority } from './job.ts';
export { Mapping, type MemoryAdvice, type PartOptions } from './mapping.ts';
export type { ResidentPages } from './resident-pages.ts';
export { getIoPriority, getNice, type IoPriority, setIoPriority, setNice } from './thread-priority.ts';
