import type { Random } from '../../../bench/random.ts';
import type { Device } from './device.ts';
import type { Events } from './events.ts';
import type { Fill } from './fill.ts';
import type { Foreground } from './foreground.ts';

export interface RuntimeModel {
  /** From one gap to the next, milliseconds. */
  readonly intervalMs: number;
  readonly gapMs: number;
  readonly quietProbes: number;
  readonly loadedProbes: number;
  /** How much longer a gap is in which one read was seen. */
  readonly strayWatchMs: number;
}

export const RUNTIME: RuntimeModel = {
  intervalMs: 250,
  gapMs: 20,
  quietProbes: 4,
  loadedProbes: 2,
  strayWatchMs: 40,
};

export interface Seen {
  readonly quietMs: readonly number[];
  readonly loadedMs: readonly number[];
  readonly othersReadsPerSecond: number;
  readonly othersReads: number;
  readonly readBytes: number;
}

const PROBE = 4096;

/** Takes readings as the library's runtime does: gaps in the fill, probes in them and beside it. */
export class Runtime {
  readonly #events: Events;
  readonly #device: Device;
  readonly #random: Random;
  readonly #fill: Fill;
  readonly #foreground: Foreground;
  readonly #model: RuntimeModel;
  readonly #alone: () => boolean;
  readonly #report: (seen: Seen) => void;
  #loadedMs: number[] = [];
  #readBytes = 0;

  constructor(
    parts: {
      readonly events: Events;
      readonly device: Device;
      readonly random: Random;
      readonly fill: Fill;
      readonly foreground: Foreground;
    },
    model: RuntimeModel,
    alone: () => boolean,
    report: (seen: Seen) => void,
  ) {
    this.#events = parts.events;
    this.#device = parts.device;
    this.#random = parts.random;
    this.#fill = parts.fill;
    this.#foreground = parts.foreground;
    this.#model = model;
    this.#alone = alone;
    this.#report = report;
    parts.events.at(0, () => this.#round());
  }

  #round(): void {
    const beginMs = this.#events.nowMs;
    const { intervalMs, gapMs, loadedProbes } = this.#model;
    const between = Math.max(1, intervalMs - gapMs);
    for (let probe = 0; probe < loadedProbes; probe += 1) {
      const atMs = beginMs + this.#random.next() * between;
      this.#events.at(atMs, () => this.#probe(this.#loadedMs));
    }
    this.#events.at(beginMs + between, () => this.#fill.rest(() => this.#gap()));
  }

  #gap(): void {
    const beginMs = this.#events.nowMs;
    const { gapMs, quietProbes, strayWatchMs } = this.#model;
    const quietMs: number[] = [];
    const before = this.#foreground.reads.length;
    for (let probe = 0; probe < quietProbes; probe += 1) {
      this.#events.at(beginMs + (gapMs * probe) / quietProbes, () => this.#probe(quietMs));
    }
    const others = (): number => this.#foreground.reads.length - before;
    const tell = (ms: number): void => this.#tell(quietMs, (others() / ms) * 1000, others());
    this.#events.at(beginMs + gapMs, () => {
      if (others() !== 1 || !this.#alone()) return tell(gapMs);
      this.#events.at(beginMs + gapMs + strayWatchMs, () => tell(gapMs + strayWatchMs));
    });
  }

  #tell(quietMs: readonly number[], othersReadsPerSecond: number, othersReads: number): void {
    const readBytes = this.#fill.readBytes - this.#readBytes;
    this.#readBytes = this.#fill.readBytes;
    const loadedMs = this.#loadedMs;
    this.#loadedMs = [];
    this.#report({ quietMs, loadedMs, othersReadsPerSecond, othersReads, readBytes });
    this.#fill.resume();
    this.#round();
  }

  /** A probe that isn't back when the reading is made belongs to no reading: its list has been handed in. */
  #probe(list: number[]): void {
    const beginMs = this.#events.nowMs;
    const doneMs = this.#device.read(beginMs, PROBE);
    this.#events.at(doneMs, () => list.push(doneMs - beginMs));
  }
}
