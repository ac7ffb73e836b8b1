import type { Device } from './device.ts';
import type { Events } from './events.ts';

const KIB = 1024;
const PAGE = 4 * KIB;
const WINDOW = 2048 * KIB;
const PIECES_A_SECOND = 25;
// As the rate limiter of the addon: what woke late may catch up by so much, and how soon a change is seen.
const CATCH_UP_MS = 10;
const GLANCE_MS = 5;

export interface FillModel {
  readonly streams: number;
  /** The largest piece that is read at once under a limit, bytes. */
  readonly pieceBytes: number;
}

/** A fill of endless extents: a few streams, a rate limit, and gaps in which nothing is in flight. */
export class Fill {
  readonly #events: Events;
  readonly #device: Device;
  readonly #model: FillModel;
  #limit: number | null = null;
  #resting = false;
  #inFlight = 0;
  #nextMs = 0;
  #changes = 0;
  #whenDrained: (() => void) | null = null;
  readBytes = 0;

  constructor(events: Events, device: Device, model: FillModel, startMs: number) {
    this.#events = events;
    this.#device = device;
    this.#model = model;
    for (let stream = 0; stream < model.streams; stream += 1) events.at(startMs, () => this.#next());
  }

  /** Bytes a second; `null`: unlimited, 0: nothing. */
  set limit(limit: number | null) {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#nextMs = this.#events.nowMs;
    this.#changes += 1;
  }

  /** Begins nothing more, and says when nothing is in flight. */
  rest(whenDrained: () => void): void {
    this.#resting = true;
    if (this.#inFlight === 0) whenDrained();
    else this.#whenDrained = whenDrained;
  }

  resume(): void {
    this.#resting = false;
  }

  #next(): void {
    if (this.#resting || this.#limit === 0) this.#later(() => this.#next());
    else if (this.#limit === null) this.#read(WINDOW);
    else this.#queue(this.#limit);
  }

  #queue(limit: number): void {
    const even = Math.floor(limit / PIECES_A_SECOND / PAGE) * PAGE;
    const piece = Math.min(this.#model.pieceBytes, Math.max(PAGE, even));
    const turnMs = Math.max(this.#nextMs, this.#events.nowMs - CATCH_UP_MS);
    this.#nextMs = turnMs + (piece / limit) * 1000;
    this.#await(turnMs, piece, this.#changes);
  }

  /** After a change of rate the turn is counted afresh. */
  #await(turnMs: number, piece: number, changes: number): void {
    const again = () => this.#await(turnMs, piece, changes);
    const { nowMs } = this.#events;
    if (changes !== this.#changes) this.#next();
    else if (nowMs < turnMs) this.#events.at(Math.min(turnMs, nowMs + GLANCE_MS), again);
    else if (this.#resting) this.#later(again);
    else this.#read(piece);
  }

  #later(run: () => void): void {
    this.#events.at(this.#events.nowMs + 1, run);
  }

  #read(bytes: number): void {
    this.#inFlight += 1;
    this.#events.at(this.#device.read(this.#events.nowMs, bytes), () => {
      this.#inFlight -= 1;
      this.readBytes += bytes;
      if (this.#inFlight === 0) {
        this.#whenDrained?.();
        this.#whenDrained = null;
      }
      this.#next();
    });
  }
}
