import { isSystemError } from '../errors.ts';
import { readCapabilities, readProcessLimits } from '../host/index.ts';
import { features, type Mapping, openMapping } from '../native/index.ts';
import { pathBytes, type WarmSet } from '../targets/index.ts';
import { checkLockLimits } from './lock-limits.ts';
import { readBudgetReadings } from './readings.ts';
import type { FailedFile, WarmResult } from './types.ts';
import { type WarmOptions, warm } from './warm.ts';

export type LockOptions = Omit<WarmOptions, 'budget'>;

/** Pages that can't be reclaimed for as long as this is held. Released by `release()`, `await using`, or exit. */
export interface Lock extends AsyncDisposable {
  /** Bytes held. */
  readonly lockedBytes: number;
  readonly lockedFiles: number;
  readonly failed: readonly FailedFile[];
  /** How the pages came in. */
  readonly fill: WarmResult;
  release(): Promise<void>;
}

// mlock holds the process's mapping lock while it works: in pieces, so that the host's own mmap calls get between.
const PIECE = 64 * 1024 * 1024;

/**
 * Reads a set in and pins it with mlock2(2). Refuses beforehand what RLIMIT_MEMLOCK, the cgroups or the host's memory
 * can't hold.
 *
 * @throws WarmsetError `WARMSET_LOCK_LIMIT`
 */
export async function lock(set: WarmSet, options: LockOptions = {}): Promise<Lock> {
  const [readings, limits, capabilities] = await Promise.all([
    readBudgetReadings(),
    readProcessLimits(),
    readCapabilities(),
  ]);
  checkLockLimits(pagesOf(set), set.files.length, {
    ...readings,
    lockedMemoryLimit: limits.lockedMemory?.soft ?? null,
    mayExceedLimit: capabilities?.has('CAP_IPC_LOCK') ?? false,
  });
  const fill = await warm(set, { ...options, budget: { fractionOfAvailable: 1 } });
  const mappings: Mapping[] = [];
  const failed: FailedFile[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(mappings.splice(0).map((mapping) => mapping.close()));
  };
  let lockedBytes = 0;
  try {
    for (const { file, failure } of fill.files) {
      options.signal?.throwIfAborted();
      if (file.size === 0) continue;
      try {
        if (failure) {
          failed.push({ file, failure });
          continue;
        }
        const mapping = await openMapping(pathBytes(file), { ...options, length: file.size });
        await lockWhole(mapping, options).catch(async (error: unknown) => {
          await mapping.close();
          throw error;
        });
        mappings.push(mapping);
        lockedBytes += file.size;
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!isSystemError(error)) throw error;
        failed.push({ file, failure: { code: error.code, syscall: error.syscall, message: error.message } });
      }
    }
  } catch (error) {
    await release();
    throw error;
  }
  return {
    lockedBytes,
    lockedFiles: mappings.length,
    failed,
    fill,
    release,
    [Symbol.asyncDispose]: release,
  };
}

/** Bytes that the limits count: whole pages, holes included. */
function pagesOf({ files }: WarmSet): number {
  const { pageSize } = features();
  return files.reduce((sum, { size }) => sum + Math.ceil(size / pageSize) * pageSize, 0);
}

async function lockWhole(mapping: Mapping, options: LockOptions): Promise<void> {
  for (let offset = 0; offset < mapping.length; offset += PIECE) {
    await mapping.lock({ ...options, offset, length: Math.min(PIECE, mapping.length - offset) });
  }
}
