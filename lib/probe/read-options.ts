import { WarmsetError } from '../errors.ts';
import type { JobOptions } from '../native/job.ts';
import type { RawReadWay } from '../native/probe-types.ts';
import { checkInteger, MOST_PLACES } from './arguments.ts';

/**
 * How a read is kept out of the page cache, the best way first:
 * - `direct`: O_DIRECT; measures resident places, too;
 * - `dontcache`: preadv2(2) RWF_DONTCACHE (6.14; ext4, xfs), at places that aren't resident;
 * - `buffered`: an ordinary read without read-ahead at places that aren't resident, evicted afterwards.
 */
export type ReadWay = RawReadWay;

export const READ_WAYS: readonly ReadWay[] = ['direct', 'dontcache', 'buffered'];

export type ReadPattern = 'random' | 'sequential';

export const READ_PATTERNS: readonly ReadPattern[] = ['random', 'sequential'];

export interface ProbeReadsOptions {
  /** How many reads, each at another place; 1 to 65,536. Fewer where the files have fewer blocks. @default 16 */
  readonly count?: number | undefined;
  /** Blocks at random, or such as follow each other from a random one on. @default 'random' */
  readonly pattern?: ReadPattern | undefined;
  /** Bytes a read, a multiple of 4096 up to 1 MiB. @default 65536 */
  readonly blockBytes?: number | undefined;
  /** Least time from the start of one read to the next, milliseconds, 0 to 2,000,000. @default 0 */
  readonly spacingMs?: number | undefined;
  /** Most that may be read in a second, bytes, from 1: sets a least time between two reads, too. @default no limit */
  readonly bytesPerSecond?: number | undefined;
  /** No read begins later than this after the first, milliseconds, 1 to 2,000,000. @default no limit */
  readonly durationMs?: number | undefined;
  /** Same seed, same places; an integer from 0 to 2^32 − 1. @default another one each time */
  readonly seed?: number | undefined;
  /** The best way to try; what a filesystem refuses, the next one does. @default 'direct' */
  readonly way?: ReadWay | undefined;
  /** Of the thread that reads. A neighbour's reads aren't idle, so neither are these. @default 'normal' */
  readonly priority?: JobOptions['priority'];
  readonly signal?: AbortSignal | undefined;
}

const LONGEST_MS = 2_000_000;

export interface CheckedReads {
  readonly count: number;
  readonly blockBytes: number;
  readonly pattern: ReadPattern;
  readonly way: ReadWay;
  readonly spacingMs: number;
  /** 0: no limit. */
  readonly durationMs: number;
}

/**
 * Options of reads with their defaults.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
 */
export function checkReads(options: ProbeReadsOptions): CheckedReads {
  const { count = 16, blockBytes = 65_536, pattern = 'random', way = 'direct' } = options;
  const { spacingMs = 0, bytesPerSecond, durationMs } = options;
  checkInteger('count', count, 1, MOST_PLACES);
  checkInteger('blockBytes', blockBytes, 4096, 1 << 20);
  if (blockBytes % 4096 !== 0) refuse('blockBytes', blockBytes, 'that is a multiple of 4096');
  if (!READ_PATTERNS.includes(pattern)) refuse('pattern', pattern, `of ${READ_PATTERNS.join(', ')}`);
  if (!READ_WAYS.includes(way)) refuse('way', way, `of ${READ_WAYS.join(', ')}`);
  if (!(spacingMs >= 0 && spacingMs <= LONGEST_MS)) refuse('spacingMs', spacingMs, 'from 0 to 2,000,000');
  if (durationMs !== undefined && !(durationMs >= 1 && durationMs <= LONGEST_MS)) {
    refuse('durationMs', durationMs, 'from 1 to 2,000,000');
  }
  return {
    count,
    blockBytes,
    pattern,
    way,
    spacingMs: Math.max(spacingMs, spacingOf(bytesPerSecond, blockBytes)),
    durationMs: durationMs ?? 0,
  };
}

/** Milliseconds between two blocks at a rate. */
function spacingOf(bytesPerSecond: number | undefined, blockBytes: number): number {
  if (bytesPerSecond === undefined) return 0;
  const spacing = (blockBytes / bytesPerSecond) * 1000;
  if (!(bytesPerSecond >= 1 && spacing <= LONGEST_MS)) {
    refuse('bytesPerSecond', bytesPerSecond, `of at least a block in ${LONGEST_MS / 1000} seconds`);
  }
  return spacing;
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${name} is ${String(value)}.`, {
    subject: name,
    remedy: `Use one ${expected}.`,
  });
}
