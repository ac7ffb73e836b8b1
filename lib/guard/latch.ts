/** What one reading says. `between`: neither bad enough to enter nor good enough to leave. */
export type Sign = 'bad' | 'between' | 'good' | 'unknown';

// A reading that can't be taken any more must not hold a state for ever.
const UNKNOWN_TIMES = 10;

/** Enters at the first bad reading and leaves after nothing but good ones for `holdMs`: so it doesn't flap. */
export class Latch {
  #on = false;
  #calmSinceMs: number | null = null;
  #unknownSinceMs: number | null = null;

  get on(): boolean {
    return this.#on;
  }

  update(nowMs: number, sign: Sign, holdMs: number): boolean {
    if (sign === 'bad') this.#on = true;
    this.#calmSinceMs = sign === 'good' ? (this.#calmSinceMs ?? nowMs) : null;
    this.#unknownSinceMs = sign === 'unknown' ? (this.#unknownSinceMs ?? nowMs) : null;
    const calm = this.#calmSinceMs !== null && nowMs - this.#calmSinceMs >= holdMs;
    const forgotten = this.#unknownSinceMs !== null && nowMs - this.#unknownSinceMs >= holdMs * UNKNOWN_TIMES;
    if (calm || forgotten) this.#on = false;
    return this.#on;
  }
}

/** Above `enter` is bad, up to `leave` is good. */
export function signAbove(value: number | null, enter: number, leave: number): Sign {
  if (value === null) return 'unknown';
  if (value > enter) return 'bad';
  return value <= leave ? 'good' : 'between';
}

/** Below `enter` is bad, from `leave` on is good. */
export function signBelow(value: number | null, enter: number, leave: number): Sign {
  if (value === null) return 'unknown';
  if (value < enter) return 'bad';
  return value >= leave ? 'good' : 'between';
}
