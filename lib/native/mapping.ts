import type { RawMapping } from './addon-types.ts';
import { type JobOptions, runJob } from './job.ts';
import { type ResidentPages, toResidentPages } from './resident-pages.ts';

/** Those advices of madvise(2) that can neither change the file nor end the process. */
export type MemoryAdvice =
  | 'normal'
  | 'random'
  | 'sequential'
  | 'willneed'
  | 'dontneed'
  | 'cold'
  | 'pageout'
  | 'hugepage'
  | 'nohugepage'
  | 'collapse'
  | 'populate-read'
  | 'dontdump';

export interface PartOptions extends JobOptions {
  /** Bytes from the start of the mapping, a multiple of the page size. @default 0 */
  readonly offset?: number | undefined;
  /** Bytes; 0 means to the end of the mapping. @default 0 */
  readonly length?: number | undefined;
}

/**
 * A mapping without a view: its bytes never reach JavaScript, because reading a page of a file that somebody
 * truncated raises SIGBUS and ends the process. Closed with `close()` or `await using`.
 */
export class Mapping implements AsyncDisposable {
  readonly #raw: RawMapping;

  /** @internal */
  constructor(raw: RawMapping) {
    this.#raw = raw;
  }

  /** Bytes; 0 once closed. */
  get length(): number {
    return this.#raw.length;
  }

  /** MADV_POPULATE_READ (5.14): resolves once the pages are up to date. EFAULT where the file has ended meanwhile. */
  async populate(options: PartOptions = {}): Promise<void> {
    const { offset = 0, length = 0 } = options;
    return runJob(options, undefined, (...job) => this.#raw.populate(offset, length, ...job));
  }

  /** madvise(2). */
  async advise(advice: MemoryAdvice, options: PartOptions = {}): Promise<void> {
    const { offset = 0, length = 0 } = options;
    return runJob(options, undefined, (...job) => this.#raw.advise(offset, length, advice, ...job));
  }

  /** mincore(2), with the reservation of the function of that name. */
  async mincore(options: PartOptions = {}): Promise<ResidentPages> {
    const { offset = 0, length = 0 } = options;
    return toResidentPages(
      await runJob(options, undefined, (...job) => this.#raw.mincore(offset, length, ...job)),
    );
  }

  /** mlock2(2). `onFault` locks pages as they come in instead of reading them now. */
  async lock(options: PartOptions & { readonly onFault?: boolean | undefined } = {}): Promise<void> {
    const { offset = 0, length = 0, onFault = false } = options;
    return runJob(options, undefined, (...job) => this.#raw.lock(offset, length, onFault, ...job));
  }

  /** munlock(2). */
  async unlock(options: PartOptions = {}): Promise<void> {
    const { offset = 0, length = 0 } = options;
    return runJob(options, undefined, (...job) => this.#raw.unlock(offset, length, ...job));
  }

  /** munmap(2), behind the last call that still uses the mapping. Closing twice is once. */
  async close(options: JobOptions = {}): Promise<void> {
    return runJob(options, undefined, (...job) => this.#raw.close(...job));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
