import { Baseline } from './baseline.ts';
import type { Sign } from './latch.ts';

const AGEING = { upMs: 600_000, downMs: 300_000, most: 8 };
const ENOUGH = 8;
const LEAVE_SHARE = 0.6;

/**
 * The second witness, where no probe can be taken: what a read takes on average, ours included. Large reads take longer
 * than small ones and a slowed fill waits less, so it is compared with nothing but itself, as it was when the fill began,
 * and two readings in a row must agree.
 */
export class AverageWatch {
  readonly #factor: number;
  readonly #baseline = new Baseline(null, AGEING);
  #taken = 0;
  #slowInARow = 0;

  constructor(factor: number) {
    this.#factor = factor;
  }

  /** @param alone whether the fill read and nobody else did. */
  observe(
    elapsedMs: number,
    averageMs: number | null,
    alone: boolean,
  ): { readonly sign: Sign; readonly baselineMs: number } {
    if (averageMs === null || averageMs === 0)
      return { sign: 'unknown', baselineMs: this.#baseline.value ?? 0 };
    this.#learn(elapsedMs, averageMs, alone);
    const baseline = this.#baseline.value;
    if (baseline === null) return { sign: 'unknown', baselineMs: 0 };
    this.#slowInARow = averageMs > baseline * this.#factor ? this.#slowInARow + 1 : 0;
    const leave = baseline * (1 + (this.#factor - 1) * LEAVE_SHARE);
    const calm = averageMs <= leave ? 'good' : 'between';
    return { sign: this.#slowInARow >= 2 ? 'bad' : calm, baselineMs: baseline };
  }

  #learn(elapsedMs: number, averageMs: number, alone: boolean): void {
    if (!alone) return;
    if (this.#taken >= ENOUGH) {
      this.#baseline.age(averageMs, elapsedMs);
      return;
    }
    // Of the first readings the highest: a fill that just begins keeps few reads in flight.
    this.#baseline.take(Math.max(this.#baseline.value ?? 0, averageMs));
    this.#taken += 1;
  }
}
