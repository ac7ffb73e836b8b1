import { isSystemError, WarmsetError } from '../errors.ts';
import { readCapabilities, readProcessLimits } from '../host/index.ts';
import { features, type Mapping, openMapping } from '../native/index.ts';
import { toWantedPages } from '../residency/wanted-pages.ts';
import { type ByteRange, pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';
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

// Each part that is locked by itself splits a mapping in up to three, of which a process may have 65,530 (the usual
// vm.max_map_count), its own ones among them.
const MOST_PARTS = 16_384;

/**
 * Reads a set in and pins it with mlock2(2); of files of which only parts are in the set, these. Refuses beforehand what
 * RLIMIT_MEMLOCK, the cgroups or the host's memory can't hold, and parts in larger number than mappings may be had.
 *
 * @throws WarmsetError `WARMSET_LOCK_LIMIT`
 */
export async function lock(set: WarmSet, options: LockOptions = {}): Promise<Lock> {
  const [readings, limits, capabilities] = await Promise.all([
    readBudgetReadings(),
    readProcessLimits(),
    readCapabilities(),
  ]);
  const stretches = new Map(set.files.map((file) => [file, stretchesOf(file)] as const));
  checkParts(stretches.values());
  checkLockLimits(pagesOf(stretches.values()), set.files.length, {
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
        const wanted = stretches.get(file) ?? [];
        await lockStretches(mapping, wanted, options).catch(async (error: unknown) => {
          await mapping.close();
          throw error;
        });
        mappings.push(mapping);
        lockedBytes += lengthOf(wanted, file.size);
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

type Stretches = readonly ByteRange[];

/** The pages of a file that are to be locked, as bytes; the last of them may reach past its end. */
function stretchesOf({ size, parts }: WarmFile): Stretches {
  const { pageSize } = features();
  const wanted = toWantedPages(parts ?? [{ offset: 0, length: size }], size, pageSize);
  return Array.from({ length: wanted.length / 2 }, (_, index) => {
    const [first = 0, count = 0] = wanted.subarray(index * 2, index * 2 + 2);
    return { offset: first * pageSize, length: count * pageSize };
  });
}

/** Bytes that the limits count: whole pages, holes included. */
function pagesOf(files: Iterable<Stretches>): number {
  return [...files].flat().reduce((sum, { length }) => sum + length, 0);
}

function lengthOf(stretches: Stretches, size: number): number {
  return stretches.reduce((sum, { offset, length }) => sum + Math.min(size, offset + length) - offset, 0);
}

function checkParts(files: Iterable<Stretches>): void {
  const parts = [...files].reduce((sum, { length }) => sum + (length > 1 ? length : 0), 0);
  if (parts <= MOST_PARTS) return;
  throw new WarmsetError(
    'WARMSET_LOCK_LIMIT',
    `The set has ${parts} parts of files, and ${MOST_PARTS} can be locked.`,
    { remedy: 'Lock whole files, or fewer tensors.' },
  );
}

async function lockStretches(mapping: Mapping, stretches: Stretches, options: LockOptions): Promise<void> {
  for (const stretch of stretches) {
    const end = Math.min(mapping.length, stretch.offset + stretch.length);
    for (let { offset } = stretch; offset < end; offset += PIECE) {
      await mapping.lock({ ...options, offset, length: Math.min(PIECE, end - offset) });
    }
  }
}
