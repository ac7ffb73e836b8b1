import type { Reason } from '../guard/index.ts';
import { formatBytes } from '../units.ts';

const MOST_TIMES = 2;

/**
 * Sees when what is refilled doesn't stay. Once may be somebody who evicts a file; when it is gone again after it was
 * brought back, refilling it is harm, and whoever takes the memory needs it more. Pure state, no clock.
 */
export class Churn {
  #times = 0;
  #refilledBytes = 0;

  /** Takes in what was lost since the sweep before. A reason when half of what was refilled is gone again. */
  observe(lostBytes: number): Reason | null {
    const refilled = this.#refilledBytes;
    this.#refilledBytes = 0;
    if (refilled === 0) return null;
    this.#times = lostBytes >= refilled / 2 ? this.#times + 1 : 0;
    if (this.#times < MOST_TIMES) return null;
    const message = `${formatBytes(lostBytes)} were evicted since the last sweep, which had refilled ${formatBytes(refilled)}; this happened ${this.#times} times in a row`;
    return { code: 'evicted-again', message };
  }

  refilled(bytes: number): void {
    this.#refilledBytes += bytes;
  }

  calm(): void {
    this.#times = 0;
  }
}
