import { percentileOf } from '../percentile.ts';
import { AverageWatch } from './average-watch.ts';
import type { CleanDevice } from './clean.ts';
import { Latch, type Sign } from './latch.ts';
import type { GuardLimits } from './options.ts';
import { OthersWatch } from './others-watch.ts';
import { ReadBaseline } from './read-baseline.ts';
import * as words from './reasons.ts';
import { Recent } from './recent.ts';
import type { Reason } from './types.ts';

/** How much longer a neighbour's read takes beside the fill than without it. */
export type Delay =
  | { readonly state: 'over' | 'under'; readonly ratio: number }
  /** Too few probes at this rate. */
  | { readonly state: 'unknown' };

export interface DeviceState {
  readonly device: string;
  /** Why the fill must yield on this device; `null`: it needn't. */
  readonly yieldTo: Reason | null;
  /** Others have been about for more than a moment. */
  readonly established: boolean;
  /** The device itself is slow; nobody who reads from it is seen. */
  readonly slow: boolean;
  readonly pressed: boolean;
  /** Nothing can be measured here. */
  readonly blind: boolean;
}

const QUIET_MS = 2000;
const LOADED_MS = 10_000;
const LOADED_PROBES = 40;
// What the loaded ones are compared with: as old, and more, because its noise would become the fill's licence.
const QUIET_PROBES = 160;
// A p95 of fewer would be their maximum.
const ENOUGH = 20;
const SHARE = 0.95;
/** How often its time alone a read's p95 may take beside the fill: the goal is 1.2, and measuring is noisy. */
export const ALLOWED_RATIO = 1.15;
const SLOW_HOLD_MS = 2000;
// Leaving needs a p95 nearer to the baseline than entering: at a factor of 2 it is 1.6.
const LEAVE_SHARE = 0.6;

/** All that is known of one device over time. */
export class DeviceWatch {
  readonly #device: string;
  readonly #limits: GuardLimits;
  readonly #baseline: ReadBaseline;
  readonly #average: AverageWatch;
  readonly #others = new OthersWatch();
  readonly #quiet = new Recent(QUIET_MS, 64);
  readonly #quietLong = new Recent(LOADED_MS, QUIET_PROBES);
  readonly #loaded = new Recent(LOADED_MS, LOADED_PROBES);
  readonly #slow = new Latch();
  #readsPerSecond: number | null = null;
  #lastWitnessMs: number;
  #slowReason: Reason | null = null;

  constructor(device: string, limits: GuardLimits, nowMs: number) {
    this.#device = device;
    this.#limits = limits;
    this.#baseline = new ReadBaseline(limits.baselineReadMs);
    this.#average = new AverageWatch(limits.readLatencyFactor);
    this.#lastWitnessMs = nowMs;
  }

  get baseline(): ReadBaseline {
    return this.#baseline;
  }

  /** @param filling whether the fill read since the reading before. */
  observe(
    nowMs: number,
    elapsedMs: number,
    reading: CleanDevice,
    ioPressure: number | null,
    filling: boolean,
  ): DeviceState {
    const { quietMs, loadedMs, othersReadsPerSecond, othersReads, averageReadMs } = reading;
    this.#quiet.add(nowMs, quietMs);
    this.#quietLong.add(nowMs, quietMs);
    this.#loaded.add(nowMs, loadedMs);
    const others = this.#others.observe(nowMs, elapsedMs, othersReadsPerSecond, othersReads);
    if (othersReadsPerSecond !== null && othersReadsPerSecond > 0)
      this.#readsPerSecond = othersReadsPerSecond;
    if (!others) this.#baseline.learn(quietMs, filling);

    const slow = this.#watchLatency(nowMs, elapsedMs, reading, filling && !others);
    const p95 = percentileOf(this.#quiet.values(), SHARE);
    if (!others && p95 !== null) this.#baseline.age(p95, elapsedMs);
    const pressed = others && ioPressure !== null && ioPressure > this.#limits.ioPressure;
    const seen =
      quietMs.length + loadedMs.length > 0 ||
      othersReadsPerSecond !== null ||
      averageReadMs !== null ||
      reading.unansweredMs !== null;
    if (seen) this.#lastWitnessMs = nowMs;
    return {
      device: this.#device,
      yieldTo: this.#reason(slow, others, pressed ? ioPressure : null),
      established: this.#others.established,
      slow: slow && !others,
      pressed,
      blind: nowMs - this.#lastWitnessMs >= QUIET_MS,
    };
  }

  /** @param sinceMs probes up to then were taken at another rate. */
  delay(sinceMs: number): Delay {
    const base = this.#honestBase();
    const loaded = this.#loaded.values(sinceMs);
    const p95 = percentileOf(loaded, SHARE);
    if (base === null || p95 === null) return { state: 'unknown' };
    const slower = loaded.filter((ms) => ms > base * ALLOWED_RATIO).length;
    const allowed = Math.max(1, Math.floor(loaded.length * (1 - SHARE)));
    if (slower > allowed) return { state: 'over', ratio: p95 / base };
    // Nobody is there to be harmed, and nobody to show it: that is no reason for more.
    const enough = loaded.length >= ENOUGH && this.#others.lately;
    return !enough ? { state: 'unknown' } : { state: 'under', ratio: p95 / base };
  }

  /**
   * What a read takes without us now. Others make each other wait: that isn't our doing, so the gaps' p95 counts where it
   * is above the baseline, though never above what would be called slow.
   */
  #honestBase(): number | null {
    const quiet = percentileOf(this.#quietLong.values(), SHARE);
    const baseline = this.#baseline.value;
    if (baseline === null || quiet === null) return baseline ?? quiet;
    return Math.min(Math.max(quiet, baseline), baseline * this.#limits.readLatencyFactor);
  }

  #watchLatency(nowMs: number, elapsedMs: number, reading: CleanDevice, alone: boolean): boolean {
    if (reading.unansweredMs !== null) {
      this.#slowReason = words.deviceSilent(this.#device, reading.unansweredMs);
      return this.#slow.update(nowMs, 'bad', SLOW_HOLD_MS);
    }
    const probes = this.#quiet.values();
    if (probes.length === 0) return this.#watchAverage(nowMs, elapsedMs, reading.averageReadMs, alone);
    const sign = this.#sign(reading.quietMs, probes);
    if (sign === 'bad') {
      const p95 = percentileOf(probes, SHARE) ?? 0;
      const factor = this.#limits.readLatencyFactor;
      this.#slowReason = words.deviceSlow(this.#device, p95, this.#baseline.value ?? 0, factor);
    }
    return this.#slow.update(nowMs, sign, SLOW_HOLD_MS);
  }

  /** One gap in which most reads are slow is enough; a single slow read in a thousand is not. */
  #sign(now: readonly number[], lately: readonly number[]): Sign {
    const baseline = this.#baseline.value;
    if (baseline === null || now.length === 0) return 'unknown';
    const { readLatencyFactor: factor } = this.#limits;
    const isSlow = (ms: number) => ms > baseline * factor;
    const [slowNow, slowLately] = [now.filter(isSlow).length, lately.filter(isSlow).length];
    const most = slowNow >= 2 && slowNow * 2 > now.length;
    const trend = slowLately >= 3 && slowLately > lately.length * (1 - SHARE);
    if (most || (trend && slowNow > 0)) return 'bad';
    const leave = baseline * (1 + (factor - 1) * LEAVE_SHARE);
    const p95 = percentileOf(now, 0.75) ?? 0;
    return p95 <= leave ? 'good' : 'between';
  }

  #watchAverage(nowMs: number, elapsedMs: number, averageMs: number | null, alone: boolean): boolean {
    const verdict = this.#average.observe(elapsedMs, averageMs, alone);
    if (verdict.sign === 'bad') {
      const factor = this.#limits.readLatencyFactor;
      this.#slowReason = words.averageSlow(this.#device, averageMs ?? 0, verdict.baselineMs, factor);
    }
    return this.#slow.update(nowMs, verdict.sign, SLOW_HOLD_MS);
  }

  #reason(slow: boolean, others: boolean, ioPressure: number | null): Reason | null {
    if (slow && this.#slowReason !== null) return this.#slowReason;
    if (ioPressure !== null) return words.ioPressure(this.#device, ioPressure, this.#limits.ioPressure);
    return others ? words.othersRead(this.#device, this.#readsPerSecond) : null;
  }
}
