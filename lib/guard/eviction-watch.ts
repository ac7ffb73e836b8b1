import { Latch } from './latch.ts';
import { MIB } from './options.ts';
import { evictedAgain } from './reasons.ts';
import { RecentAmounts } from './recent.ts';
import type { Reason } from './types.ts';

const WINDOW_MS = 5000;
// A few pages that come and go are no trend.
const LEAST_READ = 16 * MIB;
const SHARE = 0.5;
const FIRST_HOLD_MS = 10_000;
const LONGEST_HOLD_MS = 320_000;

/**
 * Sees that pages go as fast as they come. A fill that pauses reads nothing, so nothing is evicted again and all looks
 * well: only time can end this pause, and each time that it was too short it becomes twice as long.
 */
export class EvictionWatch {
  readonly #read = new RecentAmounts(WINDOW_MS);
  readonly #evicted = new RecentAmounts(WINDOW_MS);
  readonly #latch = new Latch();
  #holdMs = FIRST_HOLD_MS;
  #reason: Reason | null = null;
  #endedMs = 0;

  observe(nowMs: number, elapsedMs: number, readBytes: number, evictedBytes: number | null): Reason | null {
    if (!this.#latch.on) {
      this.#read.add(nowMs, elapsedMs, readBytes);
      this.#evicted.add(nowMs, elapsedMs, evictedBytes ?? 0);
    }
    const [read, evicted] = [this.#read.total, this.#evicted.total];
    const bad = !this.#latch.on && read >= LEAST_READ && evicted >= read * SHARE;
    if (bad) {
      const again = this.#reason !== null && nowMs - this.#endedMs < this.#holdMs * 2;
      this.#holdMs = again ? Math.min(LONGEST_HOLD_MS, this.#holdMs * 2) : FIRST_HOLD_MS;
      this.#reason = evictedAgain(evicted, read, this.#holdMs);
      this.#read.clear();
      this.#evicted.clear();
    }
    const wasOn = this.#latch.on;
    const on = this.#latch.update(nowMs, bad ? 'bad' : 'good', this.#holdMs);
    if (wasOn && !on) this.#endedMs = nowMs;
    return on ? this.#reason : null;
  }
}
