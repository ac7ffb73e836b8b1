import { addon } from '../native/addon.ts';
import type { RawRateLimiter } from '../native/addon-types.ts';
import { parseRate } from '../units.ts';

// No second holds more than one piece too much, 4 %; and from 50 MiB/s on a piece is a huge page.
const USUAL_PIECES = 25;

/**
 * A rate that any number of fills of this process share: together they read no faster. It holds over every second, from
 * the first on; nothing is saved up, not over a pause either. Every change takes effect at once, also in fills that are
 * running: a window that is being read ends first (4 MiB, or less at a limited rate).
 *
 * While there is no rate a fill reads as without a limit, with read-ahead and in whole windows.
 */
export class RateLimit {
  readonly #raw: RawRateLimiter;
  #bytesPerSecond: number | null;
  #paused = false;

  /**
   * @param pieces how many pieces a second's bytes are read in, 1 to 1,000,000. Many small ones make neighbours on the
   * device wait less, and leave small folios behind. @default 25
   * @param rate bytes a second, or a rate such as `500MiB/s`; `null` for none yet
   * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
   */
  constructor(rate: number | string | null, pieces = USUAL_PIECES) {
    this.#bytesPerSecond = toRate(rate);
    this.#raw = addon().createRateLimiter(this.#bytesPerSecond ?? 0, pieces);
  }

  /** One that limits nothing until it is given a rate, or paused. */
  static unlimited(): RateLimit {
    return new RateLimit(null);
  }

  /** `null`: unlimited. */
  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /**
   * `null` takes the limit away. A pause goes on.
   *
   * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
   */
  set(rate: number | string | null): void {
    this.#bytesPerSecond = toRate(rate);
    addon().setRate(this.#raw, this.#bytesPerSecond ?? 0);
  }

  /** Nothing more is read until {@link resume}. Fills wait; aborting one still ends it. */
  pause(): void {
    this.#setPaused(true);
  }

  /** Goes on at the rate set last. */
  resume(): void {
    this.#setPaused(false);
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    addon().setPaused(this.#raw, paused);
  }

  /** @internal */
  get raw(): RawRateLimiter {
    return this.#raw;
  }
}

function toRate(rate: number | string | null): number | null {
  return rate === null ? null : parseRate(rate, 'rate');
}
