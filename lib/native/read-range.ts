import { addon } from './addon.ts';
import type { RawPath } from './addon-types.ts';
import { type JobOptions, runJob } from './job.ts';

/** Bytes; what one call may take of the memory. */
export const MOST_RANGE_BYTES = 2 ** 28;

export interface ReadRange extends JobOptions {
  /** Bytes. @default 0 */
  readonly offset?: number | undefined;
  /** Bytes, at most 256 MiB. Less is read where the file ends earlier. */
  readonly length: number;
}

/**
 * A range of a file's bytes, read on warmset's own threads and without read-ahead: a look at the header of a cold file
 * on a slow mount neither holds Node's own threads nor makes more of it resident than was asked for.
 *
 * @throws SystemError as open(2) and pread(2) fail; EINVAL and EISDIR for what isn't a regular file
 */
export async function readRange(path: RawPath, options: ReadRange): Promise<Buffer> {
  const { offset = 0, length } = options;
  return runJob(options, path, (...job) => addon().readRange(path, offset, length, ...job));
}
