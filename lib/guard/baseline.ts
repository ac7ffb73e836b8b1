/** How a baseline follows what stays true. Times are time constants (63 % of the way), milliseconds. */
export interface Ageing {
  readonly upMs: number;
  readonly downMs: number;
  /** How far it may move from the value first taken, as a factor up or down. */
  readonly most: number;
}

// A host that slept, or a keeper between two sweeps: what was true meanwhile nobody measured.
const LONGEST_STEP_MS = 5000;

/**
 * What is normal here, to compare with. Taken once, then aged: it moves towards what is measured, over minutes, never in
 * seconds. A neighbour that came for a moment doesn't become normal, one that stays does. A given baseline doesn't move.
 */
export class Baseline {
  readonly #ageing: Ageing;
  readonly #given: boolean;
  #taken: number | null;
  #value: number | null;

  constructor(given: number | null, ageing: Ageing) {
    this.#ageing = ageing;
    this.#given = given !== null;
    this.#taken = given;
    this.#value = given;
  }

  get value(): number | null {
    return this.#value;
  }

  get source(): 'given' | 'measured' {
    return this.#given ? 'given' : 'measured';
  }

  take(value: number): void {
    if (this.#given) return;
    this.#taken = value;
    this.#value = value;
  }

  /** @param toward what is measured now and would be normal if it stayed. */
  age(toward: number, elapsedMs: number): void {
    if (this.#given || this.#value === null || this.#taken === null) return;
    const { upMs, downMs, most } = this.#ageing;
    const step = Math.min(elapsedMs, LONGEST_STEP_MS);
    const share = 1 - Math.exp(-step / (toward > this.#value ? upMs : downMs));
    const moved = this.#value + (toward - this.#value) * share;
    this.#value = Math.min(this.#taken * most, Math.max(this.#taken / most, moved));
  }
}
