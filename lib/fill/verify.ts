import { addon } from '../native/addon.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { isRawFailure } from '../native/system-error.ts';
import { pathBytes } from '../targets/index.ts';
import type { FillOutcome } from './run-fill.ts';
import type { PlannedFile } from './types.ts';

type Source = 'cachestat' | 'mincore' | 'nowait';

const FILES_A_JOB = 256;

/**
 * Resident bytes of each file after a fill, holes not counted; null where nobody can be trusted.
 *
 * cachestat is enough for what a fill went through without an error, because the engines return only once pages are up
 * to date; a file with an error is counted by mincore, because pages whose read failed stay in the cache. Where neither
 * may be asked, reading without waiting tells, and does no harm now.
 */
export async function countResident(
  files: readonly PlannedFile[],
  outcomes: readonly FillOutcome[],
  options: JobOptions,
): Promise<readonly (number | null)[]> {
  const { pageSize } = addon().features();
  const resident: (number | null)[] = files.map(() => null);
  const sources = files.map((file, index) => sourceFor(file, outcomes[index]));
  for (const source of new Set(sources)) {
    const indices = [...sources.keys()].filter((index) => sources[index] === source);
    for (let start = 0; start < indices.length; start += FILES_A_JOB) {
      const part = indices.slice(start, start + FILES_A_JOB);
      const pages = await countPages(
        part.flatMap((index) => files[index] ?? []),
        source,
        options,
      );
      part.forEach((index, at) => {
        const count = pages[at] ?? null;
        const asked = files[index]?.asked ?? 0;
        resident[index] = count === null ? null : Math.min(count * pageSize, asked);
      });
    }
  }
  return resident;
}

function sourceFor(file: PlannedFile, outcome: FillOutcome | undefined): Source {
  if (!file.source) return 'nowait';
  return outcome?.failure ? 'mincore' : file.source;
}

async function countPages(
  files: readonly PlannedFile[],
  source: Source,
  options: JobOptions,
): Promise<readonly (number | null)[]> {
  const asked = files.map(({ file }) => ({
    path: pathBytes(file),
    extents: Float64Array.of(0, file.size),
  }));
  const counts = await runJob(options, undefined, (...job) => addon().countPages(asked, source, ...job));
  return counts.map((count) => (isRawFailure(count) ? null : count));
}
