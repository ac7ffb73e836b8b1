import { setTimeout as delay } from 'node:timers/promises';
import { addon } from '../native/addon.ts';
import { joinColumns } from '../native/columns.ts';
import { inOrder } from '../native/in-order.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { pathBytes } from '../targets/index.ts';
import { toIdentities } from './identities.ts';
import type { FillOutcome } from './run-fill.ts';
import type { PlannedFile } from './types.ts';

type Source = 'cachestat' | 'mincore' | 'nowait';

const FILES_A_JOB = 256;
const JOBS_AT_ONCE = 3;

export interface CountOptions extends JobOptions {
  /**
   * For so many files as are asked at once, milliseconds. Whoever ended a fill because its device doesn't answer shouldn't
   * wait for it here: opening a file asks a daemon or a server, too.
   *
   * @default until there is an answer
   */
  readonly patienceMs?: number | undefined;
}

/**
 * Resident bytes of each file after a fill, holes not counted; null where nobody can be trusted, and of all that are left
 * when patience ends.
 *
 * cachestat is enough for what a fill went through to its end, because the engines return only once pages are up to
 * date. A file with an error is counted by mincore, because pages whose read failed stay in the cache, and so is one
 * that the fill was stopped in, because pages that the kernel is still reading ahead are in it. Where neither may be
 * asked, reading without waiting tells: of what was filled to its end and nothing else, because it starts reading what
 * isn't there.
 */
export async function countResident(
  files: readonly PlannedFile[],
  outcomes: readonly FillOutcome[],
  { patienceMs, ...options }: CountOptions,
): Promise<readonly (number | null)[]> {
  const resident: (number | null)[] = files.map(() => null);
  let answers = true;
  const sources = files.map((file, index) => sourceFor(file, outcomes[index]));
  for (const source of new Set(sources)) {
    if (source === null) continue;
    const indices = [...sources.keys()].filter((index) => sources[index] === source);
    const counts = inOrder(indices, FILES_A_JOB, JOBS_AT_ONCE, async (part) => {
      if (!answers) return { part, bytes: [] };
      const counted = countBytes(
        part.flatMap((index) => files[index] ?? []),
        source,
        options,
      );
      const bytes = await within(counted, patienceMs);
      answers = bytes !== null;
      return { part, bytes: bytes ?? [] };
    });
    for await (const { part, bytes } of counts) {
      part.forEach((index, at) => {
        resident[index] = bytes[at] ?? null;
      });
    }
  }
  return resident;
}

async function within<T>(work: Promise<T>, patienceMs: number | undefined): Promise<T | null> {
  if (patienceMs === undefined) return work;
  const over = new AbortController();
  const late = delay(patienceMs, null, { signal: over.signal });
  // Whoever of the two comes later, nobody listens.
  work.catch(() => undefined);
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => over.abort());
}

function sourceFor(file: PlannedFile, outcome: FillOutcome | undefined): Source | null {
  const complete = outcome !== undefined && !outcome.failure && outcome.read >= file.toRead;
  if (!file.source) return complete && (file.toRead > 0 || file.asked === 0) ? 'nowait' : null;
  return complete ? file.source : 'mincore';
}

async function countBytes(
  files: readonly PlannedFile[],
  source: Source,
  options: JobOptions,
): Promise<readonly (number | null)[]> {
  const asked = {
    paths: files.map(({ file }) => pathBytes(file)),
    identities: toIdentities(files),
    ...joinColumns(
      files.map(({ extents, size, selected }) =>
        source === 'nowait' ? toRanges(extents) : [...(selected?.ranges ?? [0, size])],
      ),
      2,
    ),
  };
  const counts = await runJob(options, undefined, (...job) => addon().countBytes(asked, source, ...job));
  return Array.from(counts, (count) => (Number.isNaN(count) ? null : count));
}

/** Pairs of offset and length, out of a plan's triples. */
function toRanges(extents: readonly number[]): readonly number[] {
  return extents.filter((_, index) => index % 3 < 2);
}
