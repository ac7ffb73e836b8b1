import type { Random } from '../../../bench/random.ts';
import type { Device } from './device.ts';
import type { Events } from './events.ts';

/** What somebody else reads at that moment; `null`: nothing. */
export type Load = (atMs: number) => { readonly everyMs: number; readonly bytes: number } | null;

const KIB = 1024;

export const NOBODY: Load = () => null;
/** The neighbour of the measurements: 64 KiB every 3 ms. */
export const STEADY: Load = () => ({ everyMs: 3, bytes: 64 * KIB });
/** A few hundred MiB/s. */
export const HEAVY: Load = () => ({ everyMs: 1, bytes: 256 * KIB });

/** Reads for `onMs`, rests for `offMs`, and so on. */
export function bursts(onMs: number, offMs: number, load: Load = STEADY): Load {
  return (atMs) => (atMs % (onMs + offMs) < onMs ? load(atMs) : null);
}

export function between(fromMs: number, toMs: number, load: Load = STEADY): Load {
  return (atMs) => (atMs >= fromMs && atMs < toMs ? load(atMs) : null);
}

export interface Read {
  /** When it was done. */
  readonly atMs: number;
  readonly ms: number;
}

// How soon a load that rests looks whether it is to begin.
const GLANCE_MS = 5;

/** The neighbour: one read at a time, as a program that waits for each. */
export class Foreground {
  readonly #events: Events;
  readonly #device: Device;
  readonly #random: Random;
  readonly #load: Load;
  readonly reads: Read[] = [];

  constructor(events: Events, device: Device, random: Random, load: Load) {
    this.#events = events;
    this.#device = device;
    this.#random = random;
    this.#load = load;
    events.at(0, () => this.#next());
  }

  #next(): void {
    const beginMs = this.#events.nowMs;
    const load = this.#load(beginMs);
    if (load === null) {
      this.#events.at(beginMs + GLANCE_MS, () => this.#next());
      return;
    }
    const doneMs = this.#device.read(beginMs, load.bytes);
    const spread = 0.5 + this.#random.next();
    this.#events.at(doneMs, () => this.reads.push({ atMs: doneMs, ms: doneMs - beginMs }));
    this.#events.at(Math.max(doneMs, beginMs + load.everyMs * spread), () => this.#next());
  }
}
