import { percentileOf } from '../percentile.ts';
import { Baseline } from './baseline.ts';

// Enough for a p95 that isn't the maximum.
const ENOUGH = 20;
// From so many on, a gap that is twice as slow is news and not noise.
const FEW = 8;
const SLOW = 2;
// While the fill rests as long as one likes to look; once it reads, what is slow may be its doing.
const MOST = 100;
const AGEING = { upMs: 600_000, downMs: 300_000, most: 8 };
// Closer than that two measurements of the same thing don't come.
const SAME = 0.1;

/** The p95 of single reads on a device that the fill leaves alone, as it was before the first fill. */
export class ReadBaseline {
  readonly #baseline: Baseline;
  #learned: number[] = [];
  #closed = false;

  constructor(given: number | null) {
    this.#baseline = new Baseline(given, AGEING);
  }

  /** Milliseconds; `null` before the first probe. */
  get value(): number | null {
    return this.#baseline.value;
  }

  get source(): 'given' | 'measured' {
    return this.#baseline.source;
  }

  /** @param filling whether the fill read meanwhile: it ends the learning as soon as there is enough. */
  learn(quietMs: readonly number[], filling: boolean): void {
    if (this.#closed || this.source === 'given' || quietMs.length === 0) return;
    // What became slow since then is what the baseline is there to show.
    if (filling && this.#learned.length >= FEW && this.#isSlow(quietMs)) return;
    if (!(filling && this.#learned.length >= ENOUGH)) {
      this.#learned = [...this.#learned, ...quietMs].slice(0, MOST);
      // A device that answers in no time at all has no latency to compare with.
      const p95 = percentileOf(this.#learned, 0.95);
      if (p95 !== null && p95 > 0) this.#baseline.take(p95);
    }
    this.#closed = this.#learned.length >= (filling ? ENOUGH : MOST);
    if (this.#closed) this.#learned = [];
  }

  #isSlow(quietMs: readonly number[]): boolean {
    const [value, median] = [this.value, percentileOf(quietMs, 0.5)];
    return value !== null && median !== null && median > value * SLOW;
  }

  /** @param p95 of now, while nobody else reads: then it is the device itself that changed. */
  age(p95: number, elapsedMs: number): void {
    const { value } = this;
    if (!this.#closed && this.source === 'measured') return;
    if (value !== null && Math.abs(p95 - value) > value * SAME) this.#baseline.age(p95, elapsedMs);
  }
}
