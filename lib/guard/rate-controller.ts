import type { Delay } from './device-watch.ts';
import { ALLOWED_RATIO } from './device-watch.ts';
import { GIB, type GuardLimits, MIB } from './options.ts';
import { RecentAmounts } from './recent.ts';
import { SelfHarm } from './self-harm.ts';

/** What the controller must know of one observation. */
export interface RateInput {
  readonly nowMs: number;
  readonly elapsedMs: number;
  /** Read by the fill since the observation before. */
  readonly readBytes: number;
  /**
   * `others`: somebody reads or must be expected back. `slow`: the device is slow and nobody is seen. `pressure`: memory
   * grows tight. `no`: nothing speaks against full speed.
   */
  readonly yieldTo: 'no' | 'others' | 'slow' | 'pressure';
  /** Whether who was yielded to was more than a stray. */
  readonly established: boolean;
  readonly delay: Delay;
  /** Memory says pause: what comes after begins at the floor. */
  readonly paused: boolean;
}

/**
 * - `free`: no limit but the ceiling.
 * - `yielding`: the floor and, as far as measured delay allows, more.
 * - `returning`: nobody was seen for long enough; back up step by step.
 */
export type Phase = 'free' | 'yielding' | 'returning';

// The goal is 5 %; the gaps for probes take up to a tenth of the rate that is seen.
const FLOOR_SHARE = 0.057;
const LEAST_FLOOR = 8 * MIB;
// A rate that no single device reaches: then there is no limit any more.
const BEYOND = 64 * GIB;
const SPEED_MS = 1000;
const FIRST_SPEED_MS = 150;
const SPEED_FORGET_MS = 600_000;
/** Probes of the observation in which the rate fell belong to both rates. */
const SETTLE_MS = 300;
// Additive increase: from the floor to full speed in ten seconds of time would be a jump, in ten minutes a standstill.
const STEP_SHARE = 1 / 200;
const LEAST_STEP = MIB / 4;
// The nearer to the allowed ratio, the smaller the step.
const FULL_STEP_BELOW = 0.1;
const NEW_RATE = 1.25;
// Below the rate that did harm, by that much; and that rate is forgotten so slowly (per second).
const BELOW_MARK = 0.8;
const FORGET_MARK = 1.002;
// Before full speed was seen the first harm may have been chance at a rate far too low: try again sooner.
const FORGET_EARLY_MARK = 1.02;
// Doublings a second.
const RETURN = 1;
const RETURN_AFTER_STRAY = 3;

/** AIMD in the spirit of LEDBAT: uses what is idle, yields at once, returns slowly, and remembers what was too much. */
export class RateController {
  readonly #limits: GuardLimits;
  readonly #speed = new RecentAmounts(SPEED_MS);
  #phase: Phase = 'free';
  #yieldedTo: RateInput['yieldTo'] = 'no';
  #rate = Number.POSITIVE_INFINITY;
  #unhindered: number | null = null;
  /** The rate that did harm last; `null`: none is known. */
  #mark: number | null = null;
  #changedMs = 0;
  #freeSinceMs = 0;
  #stray = false;
  readonly #selfHarm = new SelfHarm();
  /** The rate at which probes are taken and found harmless. */
  #triedRate = 0;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Bytes a second; `null`: unlimited. */
  get bytesPerSecond(): number | null {
    const limit = Math.min(this.#rate, this.#ceiling);
    return limit === Number.POSITIVE_INFINITY ? null : Math.max(1, Math.round(limit));
  }

  /** The rate that the fill reaches when nothing holds it back; `null` until it was seen. */
  get unhindered(): number | null {
    return this.#unhindered;
  }

  get floor(): number {
    const measured = Math.max(LEAST_FLOOR, (this.#unhindered ?? 0) * FLOOR_SHARE);
    return Math.min(this.#ceiling, this.#limits.floorBytesPerSecond ?? measured);
  }

  /** Loaded probes taken after this moment were taken at the present rate. */
  get steadySinceMs(): number {
    return this.#changedMs + SETTLE_MS;
  }

  observe(input: RateInput): void {
    const { nowMs, elapsedMs, readBytes, yieldTo, paused } = input;
    this.#speed.add(nowMs, elapsedMs, readBytes);
    this.#measure(elapsedMs);
    if (paused) this.#begin(yieldTo === 'no' ? 'returning' : 'yielding', this.floor, nowMs);
    else if (yieldTo === 'no') this.#goUp(input);
    else if (this.#phase !== 'yielding' || this.#isGentle(yieldTo)) this.#yield(input);
    else this.#adapt(input);
  }

  get #ceiling(): number {
    return this.#limits.ceilingBytesPerSecond ?? Number.POSITIVE_INFINITY;
  }

  /** What the fill reads now; `null` before a second of it was seen. */
  get #speedNow(): number | null {
    return this.#speed.spanMs >= SPEED_MS / 2 ? this.#speed.perSecond : null;
  }

  #freeMs(nowMs: number): number {
    return this.#phase === 'free' ? nowMs - this.#freeSinceMs : 0;
  }

  #measure(elapsedMs: number): void {
    // Whoever is met in the first second would leave the fill without a measure of what its floor is a share of.
    const first = this.#unhindered === null && this.#speed.spanMs >= FIRST_SPEED_MS;
    const speed = first ? this.#speed.perSecond : this.#speedNow;
    if (this.#phase !== 'free' || speed === null || speed === 0) return;
    const kept = (this.#unhindered ?? 0) * Math.exp(-Math.min(elapsedMs, SPEED_MS) / SPEED_FORGET_MS);
    this.#unhindered = Math.max(kept, speed);
  }

  /** Somebody came to read while the fill was merely slowed for memory's sake. */
  #isGentle(yieldTo: RateInput['yieldTo']): boolean {
    return this.#yieldedTo === 'pressure' && yieldTo !== 'pressure';
  }

  #begin(phase: Phase, rate: number, nowMs: number): void {
    if (phase === 'free' && this.#phase !== 'free') this.#freeSinceMs = nowMs;
    const lower = rate < this.#rate;
    this.#phase = phase;
    this.#rate = Math.min(rate, this.#ceiling);
    if (lower) this.#tryAfresh(nowMs);
  }

  #yield({ nowMs, yieldTo, established }: RateInput): void {
    this.#stray = !established && yieldTo === 'others' && this.#phase === 'free';
    const reached = Math.min(this.#rate, this.#unhindered ?? this.#speedNow ?? 0);
    if (yieldTo === 'slow') this.#selfHarm.blame(Math.max(reached, this.floor), this.#freeMs(nowMs));
    const half = yieldTo === 'pressure' ? reached / 2 : 0;
    this.#yieldedTo = yieldTo;
    this.#begin('yielding', Math.max(this.floor, half), nowMs);
  }

  #adapt(input: RateInput): void {
    const { nowMs, elapsedMs, yieldTo, established, delay } = input;
    if (established) this.#stray = false;
    const seconds = Math.min(elapsedMs, SPEED_MS) / 1000;
    const fade = this.#unhindered === null ? FORGET_EARLY_MARK : FORGET_MARK;
    if (this.#mark !== null) this.#mark *= fade ** seconds;
    if (yieldTo === 'slow') this.#begin('yielding', this.floor, nowMs);
    else if (delay.state === 'over') this.#decrease(nowMs, delay.ratio);
    else if (delay.state === 'under') this.#increase(input, delay.ratio);
  }

  #decrease(nowMs: number, ratio: number): void {
    if (nowMs < this.steadySinceMs) return;
    this.#mark = this.#rate;
    this.#begin('yielding', Math.max(this.floor, this.#rate * (ratio > 2 ? 0.5 : 0.8)), nowMs);
  }

  #increase({ nowMs, elapsedMs }: RateInput, ratio: number): void {
    const seconds = Math.min(elapsedMs, SPEED_MS) / 1000;
    const room = Math.min(1, Math.max(0, (ALLOWED_RATIO - ratio) / FULL_STEP_BELOW));
    const slowStart = this.#unhindered === null && this.#mark === null;
    // Where full speed isn't known, as if the present rate were its floor.
    const full = this.#unhindered ?? this.#rate / FLOOR_SHARE;
    const step = slowStart ? this.#rate : Math.max(LEAST_STEP, full * STEP_SHARE) * seconds;
    const highest = Math.max(this.floor, (this.#mark ?? Number.POSITIVE_INFINITY) * BELOW_MARK);
    const raised = Math.min(this.#rate + step * room, highest, this.#ceiling);
    this.#rate = Math.max(this.#rate, raised);
    if (this.#rate > this.#triedRate * NEW_RATE) this.#tryAfresh(nowMs);
  }

  /** Probes taken at a much lower rate say nothing about this one. */
  #tryAfresh(nowMs: number): void {
    this.#triedRate = this.#rate;
    this.#changedMs = nowMs;
  }

  #goUp({ nowMs, elapsedMs }: RateInput): void {
    if (this.#phase === 'free') {
      this.#selfHarm.forget(this.#freeMs(nowMs));
      return;
    }
    const seconds = Math.min(elapsedMs, SPEED_MS) / 1000;
    const quick = this.#stray ? RETURN_AFTER_STRAY : RETURN;
    const doublings = this.#selfHarm.doublings(this.#rate, quick);
    const raised = this.#rate * 2 ** (doublings * seconds);
    const full = Math.min(this.#ceiling, this.#unhindered ?? BEYOND);
    const reached = raised >= full || (this.#unhindered === null && this.#isIdle(raised));
    this.#begin(reached ? 'free' : 'returning', reached ? Number.POSITIVE_INFINITY : raised, nowMs);
  }

  /** The fill reads less than it may: a limit that doesn't bind is none. */
  #isIdle(limit: number): boolean {
    const speed = this.#speedNow;
    return speed !== null && speed < limit / 4;
  }
}
