import type { FileFailure } from '../errors.ts';
import { addon } from '../native/addon.ts';
import { runJob } from '../native/job.ts';
import type { RawProbedRead } from '../native/probe-types.ts';
import { toFileFailure } from '../native/system-error.ts';
import { pathBytes, type WarmFile } from '../targets/index.ts';
import { checkSeed } from './arguments.ts';
import { replacedFailure, truncatedFailure } from './failures.ts';
import { followPlaces, pickPlaces } from './places.ts';
import { checkReads, type ProbeReadsOptions, type ReadWay } from './read-options.ts';
import { type LatencySummary, summariseLatency } from './summary.ts';

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
  const { count, blockBytes, pattern, way, spacingMs, durationMs } = checkReads(options);
  const { priority = 'normal' } = options;
  const places = (pattern === 'random' ? pickPlaces : followPlaces)(
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
      {
        block: blockBytes,
        spacingUs: Math.round(spacingMs * 1000),
        limitUs: Math.round(durationMs * 1000),
        from: way,
      },
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
