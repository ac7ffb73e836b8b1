interface Entry {
  readonly atMs: number;
  readonly value: number;
}

/** The newest values, no older than `keepMs` and no more than `most`: memory stays bounded for weeks. */
export class Recent {
  readonly #keepMs: number;
  readonly #most: number;
  #entries: Entry[] = [];

  constructor(keepMs: number, most: number) {
    this.#keepMs = keepMs;
    this.#most = most;
  }

  add(nowMs: number, values: readonly number[]): void {
    this.#entries.push(...values.map((value) => ({ atMs: nowMs, value })));
    this.#entries = this.#entries.filter(({ atMs }) => nowMs - atMs < this.#keepMs).slice(-this.#most);
  }

  /** Those noted after `sinceMs`. @default all */
  values(sinceMs = Number.NEGATIVE_INFINITY): number[] {
    return this.#entries.filter(({ atMs }) => atMs > sinceMs).map(({ value }) => value);
  }
}

/**
 * Amounts over the last stretch of time. One observation may be longer than the stretch (a keeper that looks every
 * 30 s): the newest is always kept.
 */
export class RecentAmounts {
  readonly #keepMs: number;
  #entries: { readonly atMs: number; readonly elapsedMs: number; readonly amount: number }[] = [];

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** @param elapsedMs that `amount` took; what took no time at all says nothing and is left out. */
  add(nowMs: number, elapsedMs: number, amount: number): void {
    if (elapsedMs <= 0) return;
    this.#entries.push({ atMs: nowMs, elapsedMs, amount });
    const newest = this.#entries.length - 1;
    this.#entries = this.#entries.filter(
      ({ atMs }, index) => index === newest || nowMs - atMs < this.#keepMs,
    );
  }

  get total(): number {
    return this.#entries.reduce((sum, { amount }) => sum + amount, 0);
  }

  get spanMs(): number {
    return this.#entries.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  }

  /** `null` before the first. */
  get perSecond(): number | null {
    return this.#entries.length === 0 ? null : (this.total / this.spanMs) * 1000;
  }

  clear(): void {
    this.#entries = [];
  }
}
