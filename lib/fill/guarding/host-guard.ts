import { setTimeout as delay } from 'node:timers/promises';
import {
  Guard,
  type GuardBaselines,
  type GuardOptions,
  type GuardReadings,
  type Reason,
  type Verdict,
} from '../../guard/index.ts';
import { addon } from '../../native/addon.ts';
import type { WarmFile } from '../../targets/index.ts';
import { RateLimit } from '../rate-limit.ts';
import type { FriendsRead } from './friends.ts';
import { HostSampler } from './host-sampler.ts';
import { type GuardSummary, Round } from './round.ts';

// A neighbour's read waits for the piece in front of it. At a twentieth of 2 GiB/s these are of 128 KiB: a neighbour's
// p95 stayed what it was alone, where pieces of 2 MiB made it six times as long.
const GENTLE_PIECES = 800;

const LONGEST_GAP_MS = 250;
const PATIENCE_MS = 100;

// A look that takes longer doesn't hold up those of other fills.
const LONGEST_LOOK_MS = 1000;

const ignore = (): void => undefined;

/** Keeps no process alive: whoever waits for it waits for something else as well. */
const soon = (ms: number): Promise<void> => delay(ms, undefined, { ref: false });

export interface HostGuardOptions {
  /** What it lets happen. */
  readonly limits?: GuardOptions | undefined;
  /** Called with every verdict and what it was made of, two to four times a second while a fill runs. */
  readonly onVerdict?: ((verdict: Verdict, readings: GuardReadings) => void) | undefined;
}

/** What a guarded fill gets to work with. */
export interface Guarded {
  /** Aborted by the caller, or when the guard says stop. */
  readonly signal: AbortSignal;
  /** Tells how to ask how many bytes were read so far. */
  readonly onStart: (readBytes: () => number) => void;
}

/**
 * Watches the host while fills run and holds them back: the runtime of {@link Guard}. One serves any number of fills, one
 * after the other or at once; what it learnt about the host at rest it keeps.
 *
 * It leaves a gap of some milliseconds in the fill two to four times a second, in which a few reads at random places of
 * the set's own files show how fast the device answers without us, and its counters whether others read from it. These
 * reads leave nothing in the page cache.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for a limit out of range
 */
export class HostGuard {
  readonly #guard: Guard;
  readonly #rate = new RateLimit(null, GENTLE_PIECES);
  readonly #pageSize = addon().features().pageSize;
  readonly #host = new HostSampler(this.#pageSize);
  readonly #onVerdict: HostGuardOptions['onVerdict'];
  /** Gaps of fills that run at once come one after the other. */
  #lastLook: Promise<void> = Promise.resolve();
  #fills = 0;

  constructor(options: HostGuardOptions = {}) {
    this.#guard = new Guard(options.limits);
    this.#onVerdict = options.onVerdict;
  }

  /** The last one; `go` before the first. */
  get verdict(): Verdict {
    return this.#guard.verdict;
  }

  get baselines(): GuardBaselines {
    return this.#guard.baselines;
  }

  /** What fills may read now. @internal */
  get rate(): RateLimit {
    return this.#rate;
  }

  /**
   * Guards work that reads `files` at {@link rate}: looks at the host, then watches until the work is done.
   *
   * @param friends tells what those have read whom the work is done for: they are no neighbours to yield to
   * @internal
   */
  async watch<T>(
    files: readonly WarmFile[],
    signal: AbortSignal | undefined,
    work: (fill: Guarded) => Promise<T>,
    friends?: FriendsRead,
  ): Promise<{ readonly result: T; readonly stopped: Reason | null; readonly summary: GuardSummary }> {
    const stop = new AbortController();
    const done = new AbortController();
    const round = new Round(files, this.#pageSize, this.#rate, friends);
    let readBytes = (): number => 0;
    this.#fills += 1;
    const first = this.#look(round, null, 0, done.signal).catch(ignore);
    const watching = this.#loop(first, round, () => readBytes(), stop, done.signal);
    try {
      await Promise.race([first, soon(LONGEST_GAP_MS)]);
      const result = await work({
        signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
        onStart: (read) => {
          readBytes = read;
        },
      });
      return { result, stopped: round.stopped, summary: round.summary(performance.now()) };
    } finally {
      done.abort();
      // A probe that the kernel doesn't give back holds nobody up.
      await Promise.race([watching, soon(PATIENCE_MS)]);
      this.#fills -= 1;
      if (this.#fills === 0) this.#release();
    }
  }

  async #loop(
    first: Promise<void>,
    round: Round,
    readBytes: () => number,
    stop: AbortController,
    done: AbortSignal,
  ): Promise<void> {
    await first;
    let before = 0;
    while (!done.aborted) {
      try {
        const loaded = await round.loaded(done);
        const now = readBytes();
        await this.#look(round, loaded, now - before, done);
        before = now;
        if (round.stopped) stop.abort(new Error(round.stopped.message));
      } catch {
        // A look that can't be taken is none; the next one may be. What fails in earnest fails in the fill, too.
        await delay(LONGEST_GAP_MS, undefined, { signal: done }).catch(ignore);
      }
    }
  }

  /** One look at the host, with a gap in the fill, and what follows from it. */
  #look(
    round: Round,
    loaded: readonly (readonly number[])[] | null,
    readBytes: number,
    done: AbortSignal,
  ): Promise<void> {
    const look = this.#lastLook.then(async () => {
      done.throwIfAborted();
      const startedMs = performance.now();
      this.#rate.pause();
      const taking = loaded ? round.gaps(done) : round.baseline(done);
      // A device that takes long to answer has said enough: the fill goes on meanwhile.
      await Promise.race([taking, soon(LONGEST_GAP_MS)]).finally(() => this.#apply(done));
      const gaps = await taking;
      const atMs = performance.now();
      round.paced(atMs - startedMs);
      const [host, devices, evictedBytes] = await Promise.all([
        this.#host.sample(atMs),
        round.readings(gaps, loaded ?? []),
        round.evictedBytes(atMs, done),
      ]);
      const readings: GuardReadings = { ...host, atMs, fill: { readBytes, evictedBytes }, devices };
      const verdict = this.#guard.observe(readings);
      round.note(verdict, atMs);
      this.#apply(done);
      this.#onVerdict?.(verdict, readings);
    });
    this.#lastLook = Promise.race([look.catch(ignore), soon(LONGEST_LOOK_MS)]);
    return look;
  }

  /** Not for a fill that is over: another may have begun. */
  #apply(done: AbortSignal): void {
    if (done.aborted) return;
    const { action } = this.#guard.verdict;
    // The guard says 0 then, which to a limiter would mean unlimited.
    if (action === 'pause' || action === 'stop') {
      this.#rate.pause();
      return;
    }
    this.#rate.set(this.#guard.bytesPerSecond);
    this.#rate.resume();
  }

  /** The next fill finds it open: what the first look at the host says counts then. */
  #release(): void {
    this.#rate.set(null);
    this.#rate.resume();
  }
}
