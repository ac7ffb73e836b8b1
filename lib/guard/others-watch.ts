import { Recent } from './recent.ts';

// A journal, a log, `ls`: nobody waits for these.
const ENTER_PER_SECOND = 2;
const LEAVE_PER_SECOND = 1;
// Seen twice within this time, they have come to stay.
const ESTABLISHED_MS = 2000;
const STRAY_HOLD_MS = 1000;
const LEAST_HOLD_MS = 3000;
const LONGEST_HOLD_MS = 30_000;
// A rest that long ends one visit; what comes after it is another.
const LONGEST_REST_MS = 20_000;
const REST_MARGIN = 1.5;
const FORGET_MS = 120_000;

/**
 * Whether others read, and for how long after they were last seen they must be expected back. A reader that comes every
 * few seconds would be hit by a fill at full speed each time: so the rests between its visits are remembered, and the
 * fill waits longer than the longest of them. A gap of milliseconds misses a slow reader now and then; that is the same.
 */
export class OthersWatch {
  readonly #sightings = new Recent(ESTABLISHED_MS, 16);
  #lastSeenMs: number | null = null;
  #lastVisitMs: number | null = null;
  #longestRestMs = 0;
  #established = false;
  #present = false;

  /** Seen lately, and more than once. */
  get established(): boolean {
    return this.#established;
  }

  /** Seen within the last two seconds. */
  get lately(): boolean {
    return this.#sightings.values().length > 0;
  }

  /** How long nobody must be seen before the fill may go back up. */
  get holdMs(): number {
    if (!this.#established) return STRAY_HOLD_MS;
    return Math.min(LONGEST_HOLD_MS, Math.max(LEAST_HOLD_MS, this.#longestRestMs * REST_MARGIN));
  }

  /**
   * @param reads how many were seen, where that is known
   * @returns whether others read now or must be expected back
   */
  observe(nowMs: number, elapsedMs: number, readsPerSecond: number | null, reads: number | null): boolean {
    this.#longestRestMs *= Math.exp(-elapsedMs / FORGET_MS);
    const threshold = this.#present ? LEAVE_PER_SECOND : ENTER_PER_SECOND;
    const seen = readsPerSecond !== null && readsPerSecond > threshold;
    this.#sightings.add(nowMs, seen ? [readsPerSecond] : []);
    // One read alone, which nobody was seen near: to yield to it would cost seconds of the fill for nothing.
    const stray = reads === 1 && !this.#present && this.#sightings.values().length < 2;
    if (seen && !stray) this.#see(nowMs);
    this.#present = this.#lastSeenMs !== null && nowMs - this.#lastSeenMs < this.holdMs;
    if (!this.#present && this.#longestRestMs < STRAY_HOLD_MS) this.#established = false;
    return this.#present;
  }

  #see(nowMs: number): void {
    const before = this.#lastSeenMs;
    this.#lastSeenMs = nowMs;
    const again = before !== null && this.#sightings.values().length > 1;
    if (again || this.#established) {
      // Only who came to stay has a rhythm, two strays have none: a visit that begins counts from its first sighting.
      const [from, to] = this.#established ? [before, nowMs] : [this.#lastVisitMs, before];
      const restMs = from === null || to === null ? 0 : to - from;
      if (restMs < LONGEST_REST_MS) this.#longestRestMs = Math.max(this.#longestRestMs, restMs);
      this.#established = true;
      this.#lastVisitMs = nowMs;
    }
  }
}
