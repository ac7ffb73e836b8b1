import { unpackExtents } from '../../fill/extents.ts';
import type { PlannedFile } from '../../fill/index.ts';
import { assess, type MeasuredFile } from '../../fill/plan.ts';
import { selectParts } from '../../fill/select.ts';
import { addon } from '../../native/addon.ts';
import type { JobOptions } from '../../native/job.ts';
import { measure } from '../../residency/measure.ts';
import type { Runs } from '../../residency/runs.ts';
import type { WarmFile, WarmSet } from '../../targets/index.ts';
import { type Line, rangeOf, type Stretch, toFiles, toLine, toRuns } from './line.ts';

// As a fill plans: a huge page, below which nothing is read separately anyway.
const WINDOW = 2 * 1024 * 1024;
const MOST_WINDOWS = 65_536;

export interface SetState {
  readonly missing: Runs;
  readonly unfillable: Runs;
  readonly askedBytes: number;
  readonly residentBytes: number;
  /** Files of which nobody may be asked what is resident. */
  readonly unknownFiles: number;
}

/**
 * What of a set is missing, look by look. Files that were complete at the last look aren't asked again unless all are to
 * be: to count a terabyte of single pages takes many seconds, and what is complete is no longer of interest.
 */
export class SetWatch {
  readonly line: Line;
  readonly #set: WarmSet;
  readonly #options: Omit<JobOptions, 'signal'>;
  readonly #planned: (PlannedFile | null)[];

  private constructor(set: WarmSet, options: JobOptions, planned: (PlannedFile | null)[]) {
    this.#set = set;
    this.#options = { priority: options.priority };
    this.#planned = planned;
    this.line = toLine(planned.map((file, index) => file?.size ?? set.files[index]?.size ?? 0));
  }

  static async begin(set: WarmSet, options: JobOptions): Promise<SetWatch> {
    return new SetWatch(set, options, await measureFiles(set.files, options));
  }

  /** Files that can't be read, became others, or have another size than in the set. */
  get changed(): readonly WarmFile[] {
    return this.#set.files.filter((file, index) => {
      const planned = this.#planned[index];
      return !planned || planned.size !== file.size;
    });
  }

  get files(): readonly PlannedFile[] {
    return this.#planned.filter((file) => file !== null);
  }

  /** @throws the signal's reason */
  async look(which: 'all' | 'incomplete', signal?: AbortSignal): Promise<SetState> {
    const asked = this.#set.files.flatMap((file, index) => {
      const planned = this.#planned[index];
      // What couldn't be read at first is another file by now, or still can't.
      return planned && (which === 'all' || planned.toRead > 0) ? [{ file, index }] : [];
    });
    const now = await measureFiles(
      asked.map(({ file }) => file),
      { ...this.#options, signal },
    );
    for (const [at, { index }] of asked.entries()) this.#planned[index] = now[at] ?? null;
    return this.state;
  }

  get state(): SetState {
    const missing: Stretch[] = [];
    const unfillable: Stretch[] = [];
    let [askedBytes, residentBytes, unknownFiles] = [0, 0, 0];
    for (const [index, planned] of this.#planned.entries()) {
      const range = rangeOf(this.line, index);
      if (planned === null) {
        missing.push(range);
        unfillable.push(range);
        continue;
      }
      askedBytes += planned.asked;
      if (planned.alreadyResident === null) unknownFiles += 1;
      else residentBytes += planned.alreadyResident;
      for (const { offset, length } of unpackExtents(planned.extents)) {
        // A file that grew goes on past its end, where the next one begins.
        missing.push({ from: range.from + offset, to: Math.min(range.to, range.from + offset + length) });
      }
    }
    return {
      missing: toRuns(missing),
      unfillable: toRuns(unfillable),
      askedBytes,
      residentBytes,
      unknownFiles,
    };
  }

  /** What a fill is told to read: of runs of the line, what was missing at the last look. */
  toPlan(runs: Runs): readonly PlannedFile[] {
    const plans = new Map<number, PlannedFile>();
    for (const { file, offset, length } of toFiles(this.line, runs)) {
      const planned = this.#planned[file];
      if (!planned) continue;
      const before = plans.get(file);
      const extents = [...(before?.extents ?? []), ...cutExtents(planned.extents, offset, length)];
      const toRead = extents.reduce((sum, value, at) => sum + (at % 3 === 2 ? value : 0), 0);
      // As if this were all that is wanted: the end of a slice is no end of a budget, before which reads are exact.
      plans.set(file, { ...planned, asked: toRead, alreadyResident: 0, toRead, extents });
    }
    return [...plans.values()].filter(({ toRead }) => toRead > 0);
  }
}

/** Triples of offset, length and missing bytes that lie in a part of the file. */
function cutExtents(packed: readonly number[], from: number, length: number): readonly number[] {
  const to = from + length;
  return unpackExtents(packed).flatMap((extent) => {
    const end = extent.offset + extent.length;
    const [begin, stop] = [Math.max(from, extent.offset), Math.min(to, end)];
    if (begin >= stop) return [];
    const share = (stop - begin) / extent.length;
    return [begin, stop - begin, Math.min(stop - begin, Math.ceil(extent.missing * share))];
  });
}

async function measureFiles(
  files: readonly WarmFile[],
  options: JobOptions,
): Promise<(PlannedFile | null)[]> {
  const { pageSize } = addon().features();
  const found: (PlannedFile | null)[] = [];
  for await (const batch of measure(files, { ...options, window: WINDOW, mostWindows: MOST_WINDOWS })) {
    const start = found.length;
    const measured = batch.flatMap((measurement, at): MeasuredFile[] => {
      const file = files[start + at];
      return file ? [{ file, measurement }] : [];
    });
    for (const one of await selectParts(measured, ({ parts }) => parts ?? null, options)) {
      const assessed = assess(one, pageSize);
      found.push('failure' in assessed ? null : assessed);
    }
  }
  return found;
}
