import type { TimelinePoint } from './types.ts';

/** What a timeline looks at. */
export interface Watched {
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
  readonly residentBytes: () => Promise<number | null>;
  readonly deviceBytes: () => Promise<number | null>;
  /** Between two looks, at least; longer where looking takes long. @default 100 */
  readonly pauseMs?: number | undefined;
}

const FIRST_PAUSE_MS = 100;
// To look costs: with small folios 10 ms a GiB. It may take a twentieth of the time at most.
const SHARE = 20;
const MOST_POINTS = 200;

/** Looks on from now until it is stopped; the last point is taken then. */
export class Timeline {
  readonly #watched: Watched;
  readonly #start: number;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  #points: TimelinePoint[] = [];
  #deviceAtStart: number | null = null;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#start = watched.clock();
    this.#running = this.#run();
  }

  async stop(): Promise<readonly TimelinePoint[]> {
    this.#stopped.abort();
    await this.#running;
    await this.#look();
    return this.#points;
  }

  async #run(): Promise<void> {
    this.#deviceAtStart = await this.#watched.deviceBytes();
    let pause = this.#watched.pauseMs ?? FIRST_PAUSE_MS;
    while (!this.#stopped.signal.aborted) {
      const before = this.#watched.clock();
      await this.#look();
      pause = Math.max(pause, SHARE * (this.#watched.clock() - before));
      if (this.#points.length >= MOST_POINTS) {
        // A long trial is drawn no wider than a short one: every other point goes, and half as many come.
        this.#points = this.#points.filter((_, at) => at % 2 === 0);
        pause *= 2;
      }
      await sleep(pause, this.#stopped.signal);
    }
  }

  async #look(): Promise<void> {
    const ms = this.#watched.clock() - this.#start;
    const [residentBytes, device] = await Promise.all([
      this.#watched.residentBytes(),
      this.#watched.deviceBytes(),
    ]);
    const known = device !== null && this.#deviceAtStart !== null;
    this.#points.push({
      ms,
      residentBytes,
      deviceBytes: known ? Math.max(0, device - (this.#deviceAtStart ?? 0)) : null,
    });
  }
}

/** Resolves after a while, or at once when the signal is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
