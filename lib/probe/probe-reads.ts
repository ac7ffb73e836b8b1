import { type FileFailure, WarmsetError } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawProbedRead, RawReadWay } from '../native/addon-types.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { toFileFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { checkInteger, checkSeed, MOST_PLACES } from './arguments.ts';
import { replacedFailure, truncatedFailure } from './failures.ts';
import { pickPlaces } from './places.ts';
import { type LatencySummary, summariseLatency } from './summary.ts';

/**
 * How a read is kept out of the page cache, the best way first:
 * - `direct`: O_DIRECT; measures resident places, too;
 * - `dontcache`: preadv2(2) RWF_DONTCACHE (6.14; ext4, xfs), at places that aren't resident;
 * - `buffered`: an ordinary read without read-ahead at places that aren't resident, evicted afterwards.
 */
export type ReadWay = RawReadWay;

export const READ_WAYS: readonly ReadWay[] = ['direct', 'dontcache', 'buffered'];

export interface ProbeReadsOptions {
  /** How many reads, each at another place; 1 to 65,536. Fewer where the files have fewer blocks. @default 16 */
  readonly count?: number | undefined;
  /** Bytes a read, a multiple of 4096 up to 1 MiB. @default 65536 */
  readonly blockBytes?: number | undefined;
  /** Least time from the start of one read to the next, milliseconds, 0 to 2,000,000. @default 0 */
  readonly spacingMs?: number | undefined;
  /** Same seed, same places; an integer from 0 to 2^32 − 1. @default another one each time */
  readonly seed?: number | undefined;
  /** The best way to try; what a filesystem refuses, the next one does. @default 'direct' */
  readonly way?: ReadWay | undefined;
  /** Of the thread that reads. A neighbour's reads aren't idle, so neither are these. @default 'normal' */
  readonly priority?: JobOptions['priority'];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Why a place has no time:
 * - `resident`: the answer would have come from memory;
 * - `unknown`: it may have, and the kernel doesn't tell this user;
 * - `hole`: nothing is stored there.
 */
export type NotMeasured = 'resident' | 'unknown' | 'hole';

export type ReadSample = { readonly file: WarmFile; readonly offset: number } & (
  | {
      readonly state: 'read';
      readonly way: ReadWay;
      readonly milliseconds: number;
      /** Less than a block at the end of a file. */
      readonly bytes: number;
    }
  | { readonly state: 'not-measured'; readonly reason: NotMeasured }
  | { readonly state: 'failed'; readonly failure: FileFailure }
);

export interface ReadProbe {
  /** In the order in which they were read. */
  readonly samples: readonly ReadSample[];
  /** Of those that were read; `null` when none was. */
  readonly latency: LatencySummary | null;
  /**
   * Pages at and near the places that are resident now and weren't before: 0 is the rule. An upper bound where others
   * read there, too; `null` where the kernel doesn't tell this user.
   */
  readonly addedPages: number | null;
}

/**
 * Times single reads at random places of some files, one after the other, and leaves no page behind. For a p95 of a
 * device, which `/proc/diskstats` can't give. Runs on a thread for probes alone: it never waits for a fill's turn.
 *
 * Dirty pages at a place are written back first when it is read with O_DIRECT, as any such read does. Merely opening a
 * file of a FUSE filesystem without `keep_cache` empties its page cache.
 *
 * What can't be read is a result of its place.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`; the signal's reason when aborted
 */
export async function probeReads(
  files: readonly WarmFile[],
  options: ProbeReadsOptions = {},
): Promise<ReadProbe> {
  const { count = 16, blockBytes = 65_536, spacingMs = 0, way = 'direct', priority = 'normal' } = options;
  checkInteger('count', count, 1, MOST_PLACES);
  checkBlock(blockBytes);
  if (!(spacingMs >= 0 && spacingMs <= 2_000_000)) refuse('spacingMs', spacingMs, 'from 0 to 2,000,000');
  if (!READ_WAYS.includes(way)) refuse('way', way, `of ${READ_WAYS.join(', ')}`);
  const places = pickPlaces(
    files.map(({ size }) => size),
    { count, blockBytes, seed: checkSeed(options.seed) },
  );
  // Only the files that are looked at: a set may have a hundred thousand.
  const used = [...new Set(places.map(({ file }) => file))];
  const numbers = new Map(used.map((file, number) => [file, number]));
  const raw = used.flatMap((file) => files[file] ?? []);
  const reads = await runJob({ priority, signal: options.signal }, undefined, (...job) =>
    addon().probeReads(
      raw.map((file) => ({ path: pathBytes(file), dev: file.dev, ino: file.ino })),
      Float64Array.from(places.flatMap(({ file, offset }) => [numbers.get(file) ?? 0, offset])),
      { block: blockBytes, spacingUs: Math.round(spacingMs * 1000), from: way },
      ...job,
    ),
  );
  const samples = places.flatMap((place, at) => {
    const [file, read] = [files[place.file], reads[at]];
    return file && read ? [{ file, offset: place.offset, ...toState(read) }] : [];
  });
  return {
    samples,
    latency: summariseLatency(samples.flatMap((s) => (s.state === 'read' ? s.milliseconds : []))),
    addedPages: sumAdded(reads),
  };
}

type State<S> = S extends ReadSample ? Omit<S, 'file' | 'offset'> : never;

function toState(read: RawProbedRead): State<ReadSample> {
  switch (read.fate) {
    case 'read':
      return { state: 'read', way: read.way, milliseconds: read.milliseconds, bytes: read.bytes };
    case 'replaced':
      return { state: 'failed', failure: replacedFailure() };
    case 'ended':
      return { state: 'failed', failure: truncatedFailure() };
    case 'failed':
      return { state: 'failed', failure: toFileFailure(read.error) };
    default:
      return { state: 'not-measured', reason: read.fate };
  }
}

/** Places that weren't read brought nothing in. */
function sumAdded(reads: readonly RawProbedRead[]): number | null {
  let sum = 0;
  for (const { fate, addedPages } of reads) {
    if (fate === 'read' && addedPages === null) return null;
    sum += addedPages ?? 0;
  }
  return sum;
}

function checkBlock(blockBytes: number): void {
  checkInteger('blockBytes', blockBytes, 4096, 1 << 20);
  if (blockBytes % 4096 !== 0) refuse('blockBytes', blockBytes, 'that is a multiple of 4096');
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${name} is ${String(value)}.`, {
    subject: name,
    remedy: `Use one ${expected}.`,
  });
}
