const BASELINE_WINDOWS = 5;
const RECENT_WINDOWS = 3;
/** From so many times what it took at first somebody else writes, or the device is at the end of its cache. */
const SLOW_FACTOR = 3;
/** Milliseconds for a window below which nobody has to wait for us: jitter of a fast device is no harm. */
const LEAST_SLOW_MS = 20;
const LONGEST_GAP_MS = 5000;

/**
 * Watches how long the destination takes to bring a window to the disk, and says how long to leave it to others then.
 * The slower it is compared with its beginning, the larger the share of time that is theirs. Pure.
 */
export class WriteWatch {
  readonly #first: number[] = [];
  #recent: readonly number[] = [];

  /**
   * @param milliseconds that a window of `bytes` took
   * @returns milliseconds to wait before the next one
   */
  observe(milliseconds: number, bytes: number): number {
    if (bytes <= 0) return 0;
    const perMib = (milliseconds * 2 ** 20) / bytes;
    if (this.#first.length < BASELINE_WINDOWS) this.#first.push(perMib);
    this.#recent = [...this.#recent, perMib].slice(-RECENT_WINDOWS);
    if (this.#first.length < BASELINE_WINDOWS || milliseconds < LEAST_SLOW_MS) return 0;
    const ratio = median(this.#recent) / median(this.#first);
    if (!(ratio > SLOW_FACTOR)) return 0;
    return Math.min(LONGEST_GAP_MS, milliseconds * (ratio - 1));
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
