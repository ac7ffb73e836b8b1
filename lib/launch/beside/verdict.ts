/** What a stretch of time brought in, bytes. */
export interface Interval {
  readonly elapsedMs: number;
  /** By the loader, from the device. */
  readonly theirBytes: number;
  /** By the fill. */
  readonly ownBytes: number;
  /** Of these, what the fill itself fetched: the loader may have brought in the rest meanwhile. */
  readonly fetchedBytes: number;
  /** Mean bytes in flight on the device, of everybody's reads; null where that isn't known. */
  readonly queuedBytes: number | null;
  /** The guard slowed or paused the fill: what it read says nothing of what it could. */
  readonly heldBack: boolean;
}

export type Ruling =
  | { readonly action: 'fill' }
  /** The loader reads alone meanwhile. */
  | { readonly action: 'rest' }
  | { readonly action: 'stop'; readonly why: string };

/** Of a loader that reads from the device: whether a fill beside it has been seen to help. */
export type Seen = 'nothing' | 'full-queue' | 'gain' | 'no-gain';

// Below that a loader looks at headers, or a look caught the end of a read-ahead.
const READING_BYTES = 4 * 1024 * 1024;
// On a virtual disk of 2 GiB/s, intervals of a quarter of a second that should be alike differ by a tenth.
const GAIN = 1.15;
// A loader that leaves so much of the device unused has other things to do just now.
const IDLE_SHARE = 0.5;
const FIRST_REST_MS = 500;
// So much in flight all the time keeps every single device busy that answers within milliseconds: on a virtual disk of
// 2.6 GiB/s one reader with 8 MiB of read-ahead had 14 MiB, and any reader beside it only took from it.
const FULL_QUEUE = 8 * 1024 * 1024;
// A trial that gains nothing costs the loader up to a tenth of a second.
const FULL_REST_MS = 3000;
const MOST_LOSSES = 3;

/**
 * Whether a fill gains anything while the loader itself reads from the device. One reader seldom gets what a device
 * has: it waits for each read-ahead, or for the GPU. Then both together read more than it does alone, and what lies
 * in front of it is warm when it gets there. Where the device is simply the limit, every byte of ours is one that the
 * loader waits for. So the loader is first seen alone, then both together, and the fill steps aside where that isn't
 * more: half a second, then longer, and for good the third time. Where the loader alone keeps the device's queue full
 * there is little to be gained, and the first trial comes late: a short load isn't held up by one. Pure.
 */
export class Contest {
  #aloneRate: number | null = null;
  #bestRate = 0;
  #losses = 0;
  #restMs = 0;
  #seen: Seen = 'nothing';

  /** Bytes a second of the loader while the fill rested; null before it was seen so. */
  get aloneRate(): number | null {
    return this.#aloneRate;
  }

  /** What the trials have shown so far. */
  get seen(): Seen {
    return this.#seen;
  }

  observe({ elapsedMs, theirBytes, ownBytes, fetchedBytes, queuedBytes, heldBack }: Interval): Ruling {
    if (elapsedMs <= 0 || heldBack) return { action: 'fill' };
    const total = ((theirBytes + ownBytes) / elapsedMs) * 1000;
    this.#bestRate = Math.max(this.#bestRate, total);
    this.#restMs = Math.max(0, this.#restMs - elapsedMs);
    if (theirBytes < READING_BYTES) return { action: 'fill' };
    if (ownBytes === 0) return this.#seenAlone(total, queuedBytes ?? 0);
    return this.#aloneRate === null
      ? { action: 'rest' }
      : this.#seenTogether(total, (fetchedBytes / elapsedMs) * 1000, this.#aloneRate);
  }

  #seenAlone(rate: number, queuedBytes: number): Ruling {
    if (this.#aloneRate === null && queuedBytes >= FULL_QUEUE) {
      this.#restMs = FULL_REST_MS;
      this.#seen = 'full-queue';
    }
    this.#aloneRate = rate;
    const idle = rate < this.#bestRate * IDLE_SHARE;
    return { action: this.#restMs > 0 && !idle ? 'rest' : 'fill' };
  }

  #seenTogether(total: number, fetched: number, alone: number): Ruling {
    // A loader under a limit comes in bursts: what it brought in more is no gain of ours.
    if (total >= alone * GAIN && fetched >= alone * (GAIN - 1)) {
      this.#seen = 'gain';
      this.#losses = 0;
      return { action: 'fill' };
    }
    this.#seen = 'no-gain';
    this.#losses += 1;
    this.#restMs = FIRST_REST_MS * 2 ** this.#losses;
    if (this.#losses < MOST_LOSSES) return { action: 'rest' };
    return {
      action: 'stop',
      why: `the device is the limit: with the fill beside it the loader and the fill together read ${toMib(total)} MiB/s, the loader alone ${toMib(alone)} MiB/s`,
    };
  }
}

function toMib(bytesPerSecond: number): number {
  return Math.round(bytesPerSecond / 1024 / 1024);
}
