import { setTimeout as delay } from 'node:timers/promises';
import { chooseEngine } from '../../fill/choose-engine.ts';
import { readDeviceFacts } from '../../fill/device-facts.ts';
import type { EngineChoice, PlannedFile, RateLimit } from '../../fill/index.ts';
import { readingPriority } from '../../fill/reading-priority.ts';
import { runFill } from '../../fill/run-fill.ts';
import { readProcessIo } from '../../host/index.ts';
import { addon } from '../../native/addon.ts';
import type { Priority } from '../../native/job.ts';

export interface SliceOptions {
  readonly signal: AbortSignal;
  /** The slice ends after so long. */
  readonly mostMs: number;
  /** Asked now and then while it is read: true ends it. */
  readonly endsEarly: (() => Promise<boolean>) | null;
  readonly onProgress: (readBytes: number) => void;
}

export interface SliceResult {
  /** Missing bytes that are resident now. */
  readonly readBytes: number;
  /** Of these, what this process fetched: the loader may have brought in the rest meanwhile. */
  readonly fetchedBytes: number;
  readonly complete: boolean;
}

const GLANCE_MS = 200;

/** Reads slice after slice of a set's files, each with what was learnt of the device before. */
export class Slices {
  readonly #choice: EngineChoice;
  readonly #remote: boolean;
  readonly #rates: readonly RateLimit[];
  readonly #priority: Priority | undefined;
  #readBytes = 0;
  #running: () => number = () => 0;

  private constructor(
    choice: EngineChoice,
    remote: boolean,
    rates: readonly RateLimit[],
    priority: Priority | undefined,
  ) {
    this.#choice = choice;
    this.#remote = remote;
    this.#rates = rates;
    this.#priority = priority;
  }

  static async begin(
    files: readonly PlannedFile[],
    rates: readonly RateLimit[],
    priority: Priority | undefined,
  ): Promise<Slices> {
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const first = files.find(({ toRead }) => toRead > 0)?.file;
    const facts = first ? await readDeviceFacts(first, { priority }) : undefined;
    const choice = chooseEngine(addon().features(), {}, bytes / Math.max(1, files.length), facts);
    return new Slices(choice, facts?.remote ?? false, rates, readingPriority(priority, facts));
  }

  /** Of all slices so far, of the running one as far as it is. */
  get readBytes(): number {
    return this.#readBytes + this.#running();
  }

  async read(files: readonly PlannedFile[], options: SliceOptions): Promise<SliceResult> {
    const { mostMs, endsEarly, onProgress } = options;
    const over = new AbortController();
    const before = await fetched();
    const timer = setTimeout(() => over.abort(), mostMs);
    const done = new AbortController();
    const glancing = endsEarly ? glance(endsEarly, over, done.signal) : Promise.resolve();
    try {
      const { outcomes, aborted } = await runFill(files, this.#choice, {
        priority: this.#priority,
        rates: this.#rates,
        signal: AbortSignal.any([options.signal, over.signal]),
        onStart: (read) => {
          this.#running = read;
        },
        onProgress: ({ read }) => onProgress(read),
      });
      const readBytes = outcomes.reduce((sum, { read }) => sum + read, 0);
      this.#readBytes += readBytes;
      const after = await fetched();
      // Reads over a network aren't counted there.
      const knows = !this.#remote && before !== null && after !== null;
      return {
        readBytes,
        fetchedBytes: knows ? Math.min(readBytes, after - before) : readBytes,
        complete: !aborted,
      };
    } finally {
      this.#running = () => 0;
      clearTimeout(timer);
      done.abort();
      await glancing;
    }
  }
}

async function fetched(): Promise<number | null> {
  return (await readProcessIo('self')).readBytes;
}

async function glance(
  endsEarly: () => Promise<boolean>,
  over: AbortController,
  done: AbortSignal,
): Promise<void> {
  while (!done.aborted && !over.signal.aborted) {
    await delay(GLANCE_MS, undefined, { signal: done }).catch(() => undefined);
    if (!done.aborted && (await endsEarly())) over.abort();
  }
}
