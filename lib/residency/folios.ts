import { WarmsetError } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawFailure, RawFolioSample } from '../native/addon-types.ts';
import { inOrder } from '../native/in-order.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { isRawFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import type { FolioLayout } from './folio-types.ts';
import { judgeFolios } from './judge-folios.ts';
import { whyNot } from './why-not.ts';

export interface FolioOptions extends JobOptions {
  /**
   * How much of each file is looked at, at most: windows of 2 MiB, spread evenly. 1 to 4096.
   * @default 64
   */
  readonly windows?: number | undefined;
}

const WINDOWS = 64;
const MOST_WINDOWS = 4096;

// A file may take tens of milliseconds, so that a cancel stays quick.
const FILES_A_JOB = 16;
const JOBS_AT_ONCE = 2;

/**
 * In which folios the cached pages of files lie: what a reader of a mapping pays goes with their number. Exact for the
 * sampled part where the kernel's flags can be read (root with CAP_SYS_ADMIN), an estimate where only cachestat(2) can
 * be timed, `unknown` otherwise. Reads nothing: the cache stays as it is.
 *
 * ```ts
 * const [layout] = await folioLayout(set.files);
 * const sizes = layout?.state === 'counted' ? layout.folios : null;
 * ```
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for `windows` out of range. What is wrong with one file is its result.
 */
export async function folioLayout(
  files: readonly WarmFile[],
  options: FolioOptions = {},
): Promise<readonly FolioLayout[]> {
  const windows = checkWindows(options.windows ?? WINDOWS);
  const { pageSize } = addon().features();
  const layouts: FolioLayout[] = [];
  const batches = inOrder(files, FILES_A_JOB, JOBS_AT_ONCE, async (slice) => {
    options.signal?.throwIfAborted();
    const samples = await runJob(options, undefined, (...job) =>
      addon().sampleFolios(slice.map(pathBytes), windows, ...job),
    );
    return slice.map((file, index) => toLayout(file, samples[index], pageSize));
  });
  for await (const batch of batches) layouts.push(...batch);
  return layouts;
}

function toLayout(
  file: WarmFile,
  found: RawFolioSample | RawFailure | undefined,
  pageSize: number,
): FolioLayout {
  if (found === undefined) throw new RangeError('samples and their files differ in number');
  const reason = whyNot(isRawFailure(found) ? found : identityOf(found), file);
  if (reason !== undefined) return { file, state: 'unknown', reason };
  return { file, ...judgeFolios(found as RawFolioSample, pageSize) };
}

function identityOf({ identity: [dev = 0n, ino = 0n] }: RawFolioSample) {
  return { dev, ino };
}

function checkWindows(windows: number): number {
  if (Number.isInteger(windows) && windows >= 1 && windows <= MOST_WINDOWS) return windows;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `windows is ${String(windows)}.`, {
    subject: 'windows',
    remedy: `Use an integer from 1 to ${MOST_WINDOWS}.`,
  });
}
