const PROVEN_MS = 60_000;
// Doublings a second above half of the rate that did harm.
const CAREFUL = 0.1;
const MOST_CAUTION = 16;

/**
 * A device that becomes slow while nobody else reads may be slow from our own reads: a credit that is used up, a cache
 * that is full. Once may be chance. If it happens again soon after the fill went back up, the rate reached is remembered,
 * and each time the fill approaches it twice as slowly.
 */
export class SelfHarm {
  #mark: number | null = null;
  #caution = 1;
  #happened = false;

  /** @param freeMs how long the fill had run at full speed; 0 while it was still going up. */
  blame(rate: number, freeMs: number): void {
    const again = this.#happened && freeMs < PROVEN_MS;
    this.#caution = again && this.#mark !== null ? Math.min(MOST_CAUTION, this.#caution * 2) : 1;
    this.#mark = again ? rate : null;
    this.#happened = true;
  }

  /** Full speed for a minute did no harm. */
  forget(freeMs: number): void {
    if (freeMs < PROVEN_MS) return;
    this.#mark = null;
    this.#happened = false;
  }

  /** Doublings a second at which the fill may go up from `rate`; `quick` where nothing speaks against it. */
  doublings(rate: number, quick: number): number {
    return this.#mark !== null && rate >= this.#mark / 2 ? Math.min(quick, CAREFUL / this.#caution) : quick;
  }
}
