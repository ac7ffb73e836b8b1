import { addon } from '../../native/addon.ts';
import { runJob } from '../../native/job.ts';
import { pathBytes, type WarmFile } from '../../targets/index.ts';

// What leaves under pressure leaves everywhere; a few files show it.
const MOST_FILES = 8;

/** Without sorting all of a set that may have a hundred thousand. */
function largest(files: readonly WarmFile[], count: number): readonly WarmFile[] {
  let kept: WarmFile[] = [];
  for (const file of files) {
    kept.push(file);
    if (kept.length > count * 16) kept = kept.sort((a, b) => b.size - a.size).slice(0, count);
  }
  return kept.sort((a, b) => b.size - a.size).slice(0, count);
}

/**
 * Counts pages of a set that the kernel took back: cachestat's evicted ones are those of which it remembers that they
 * were there (since 6.5). It remembers nothing of what somebody dropped on purpose.
 */
export class EvictionSampler {
  readonly #files: readonly WarmFile[];
  readonly #pageSize: number;
  #before: number | null = null;

  constructor(files: readonly WarmFile[], pageSize: number) {
    this.#files = largest(files, MOST_FILES);
    this.#pageSize = pageSize;
  }

  /** Bytes taken since the time before; `null` the first time and where the kernel doesn't tell. */
  async sample(signal: AbortSignal): Promise<number | null> {
    const before = this.#before;
    this.#before = await this.#count(signal);
    if (before === null || this.#before === null) return null;
    // Reading a page again makes the kernel forget that it was evicted.
    return Math.max(0, this.#before - before) * this.#pageSize;
  }

  async #count(signal: AbortSignal): Promise<number | null> {
    const counts = await Promise.all(
      this.#files.map((file) =>
        runJob({ signal }, pathBytes(file), (...job) =>
          addon().cachestat(pathBytes(file), 0, 0, ...job),
        ).then(
          ({ evicted }) => evicted,
          () => null,
        ),
      ),
    );
    const known = counts.filter((count) => count !== null);
    return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
  }
}
