import { type FileFailure, isSystemError } from '../errors.ts';
import { addon } from '../native/addon.ts';
import { features } from '../native/calls.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { residencyOf } from '../residency/index.ts';
import { pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';
import { checkInteger, checkSeed, MOST_PLACES } from './arguments.ts';
import { truncatedFailure } from './failures.ts';
import { CollectedOpens, type OpenMmapProbe } from './open-mmap-result.ts';
import { pickPlaces } from './places.ts';
import { LONGEST_STRETCH, probeStretch, type StretchTemperature, temperatureOf } from './probe-stretch.ts';
import { sample, seededRandom } from './random.ts';

export interface ProbeOpenMmapOptions {
  /** How many files of the set, picked at random; 1 to 65,536. Fewer where it has fewer. @default 16 */
  readonly files?: number | undefined;
  /** How many pages of each file are touched, picked at random; 1 to 65,536. @default 4 */
  readonly places?: number | undefined;
  /**
   * Bytes of a stretch of each file, picked at random, that is touched page by page behind the single places; up to 256
   * MiB, 0 for none. Less where the file is shorter.
   *
   * @default 0
   */
  readonly stretchBytes?: number | undefined;
  /** Same seed, same files and places; an integer from 0 to 2^32 − 1. @default another one each time */
  readonly seed?: number | undefined;
  /** Of the thread that touches. A server's faults aren't idle, so neither are these. @default 'normal' */
  readonly priority?: JobOptions['priority'];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Times open(2), mmap(2) and the first touch of pages, for some files of a set, one after the other.
 *
 * A page is touched by the kernel, which copies a few bytes of it: a page fault as the loader's own, but a file that is
 * truncated meanwhile is a failure of that file and not SIGBUS. What can't be opened, mapped or touched is a failure of
 * its file.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT`; the signal's reason when aborted
 */
export async function probeOpenMmap(
  set: Pick<WarmSet, 'files'>,
  options: ProbeOpenMmapOptions = {},
): Promise<OpenMmapProbe> {
  const count = checkInteger('files', options.files ?? 16, 1, MOST_PLACES);
  const places = checkInteger('places', options.places ?? 4, 1, MOST_PLACES);
  const stretchBytes = checkInteger('stretchBytes', options.stretchBytes ?? 0, 0, LONGEST_STRETCH);
  const random = seededRandom(checkSeed(options.seed));
  const candidates = set.files.filter(({ size }) => size > 0);
  const collected = new CollectedOpens();
  for (const index of sample(random, count, candidates.length)) {
    const file = candidates[index];
    const seed = random.below(2 ** 32);
    if (!file) continue;
    await probeFile(file, places, seed, options, collected);
    if (stretchBytes > 0) await probeStretchOf(file, stretchBytes, seed, options, collected);
  }
  return collected.result();
}

async function probeFile(
  file: WarmFile,
  count: number,
  seed: number,
  options: ProbeOpenMmapOptions,
  collected: CollectedOpens,
): Promise<void> {
  const offsets = pickPlaces([file.size], { count, blockBytes: features().pageSize, seed }).map(
    ({ offset }) => offset,
  );
  const temperature = await temperatureOfFile(file, options);
  const { priority = 'normal', signal } = options;
  try {
    const raw = await runJob({ priority, signal }, pathBytes(file), (...job) =>
      addon().probeOpen(
        {
          path: pathBytes(file),
          dev: file.dev,
          ino: file.ino,
          offset: 0,
          length: 0,
          places: Float64Array.from(offsets),
        },
        ...job,
      ),
    );
    collected.add(file, offsets, raw, temperature);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    collected.fail(file, null, toFailure(error));
  }
}

async function temperatureOfFile(
  file: WarmFile,
  { priority = 'normal', signal }: ProbeOpenMmapOptions,
): Promise<StretchTemperature> {
  for await (const [found] of residencyOf([file], { priority, signal })) {
    if (found?.state === 'known') return temperatureOf(found.residentPages, found.pages);
  }
  return 'unknown';
}

/** A stretch that lies in the file as a whole, where the file is long enough. */
async function probeStretchOf(
  file: WarmFile,
  length: number,
  seed: number,
  { priority, signal }: ProbeOpenMmapOptions,
  collected: CollectedOpens,
): Promise<void> {
  const { pageSize } = features();
  const starts = Math.floor(Math.max(0, file.size - length) / pageSize) + 1;
  const offset = seededRandom(seed).below(starts) * pageSize;
  collected.addStretch(file, offset, await probeStretch(file, { offset, length, priority, signal }));
}

/** ENODATA: nothing is left of it that could be mapped. */
function toFailure({
  code,
  syscall,
  message,
}: {
  code: string;
  syscall: string;
  message: string;
}): FileFailure {
  return code === 'ENODATA' ? truncatedFailure() : { code, syscall, message };
}
