import { addon } from '../native/addon.ts';
import type { RawRateLimiter } from '../native/addon-types.ts';
import { parseRate } from '../units.ts';

/**
 * A rate that any number of fills of this process share: together they read no faster. It holds over every second, from
 * the first on; nothing is saved up.
 */
export class RateLimit {
  readonly #raw: RawRateLimiter;
  #bytesPerSecond: number;

  /**
   * @param rate bytes a second, or a rate such as `500MiB/s`
   * @throws WarmsetError `WARMSET_BAD_ARGUMENT`
   */
  constructor(rate: number | string) {
    this.#bytesPerSecond = parseRate(rate, 'rate');
    this.#raw = addon().createRateLimiter(this.#bytesPerSecond);
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  /** Takes effect at once, also in fills that are running. */
  set(rate: number | string): void {
    this.#bytesPerSecond = parseRate(rate, 'rate');
    addon().setRate(this.#raw, this.#bytesPerSecond);
  }

  /** @internal */
  get raw(): RawRateLimiter {
    return this.#raw;
  }
}
