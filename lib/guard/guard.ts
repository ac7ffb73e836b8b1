import { type CleanReadings, Clock, cleanReadings } from './clean.ts';
import { type Delay, type DeviceState, DeviceWatch } from './device-watch.ts';
import { type MemoryState, MemoryWatch } from './memory-watch.ts';
import { type GuardLimits, resolveOptions } from './options.ts';
import { RateController } from './rate-controller.ts';
import * as words from './reasons.ts';
import type { GuardOptions, GuardReadings, Reason, Verdict } from './types.ts';

/** What a guard compares with. */
export interface GuardBaselines {
  /** `null` before the first reading. */
  readonly availableBytes: number | null;
  /** Of every device of the last reading: the p95 of a single read; `null` before the first probe. */
  readonly devices: readonly {
    readonly device: string;
    readonly readMs: number | null;
    readonly source: 'given' | 'measured';
  }[];
  /** Bytes a second that the fill reached while nothing held it back; `null` until it was seen. */
  readonly unhinderedBytesPerSecond: number | null;
}

const UNKNOWN: Delay = { state: 'unknown' };

/**
 * Turns readings of the host into a verdict, each time with its reason. Pure: it knows no clock and reads nothing, so
 * the same class serves a fill, a simulator and a test. Meant to be asked every 250 ms while a fill runs, and a few
 * times before the first one, so that the baselines are those of a host at rest.
 *
 * @throws WarmsetError `WARMSET_BAD_ARGUMENT` for an option out of range. Readings are never refused: what isn't a
 * finite number from 0 counts as unknown.
 */
export class Guard {
  readonly #limits: GuardLimits;
  readonly #clock = new Clock();
  readonly #memory: MemoryWatch;
  readonly #rate: RateController;
  #devices = new Map<string, DeviceWatch>();
  #lastReason: Reason | null = null;
  #pausedSinceMs: number | null = null;
  #verdict: Verdict = { action: 'go' };

  constructor(options: GuardOptions = {}) {
    this.#limits = resolveOptions(options);
    this.#memory = new MemoryWatch(this.#limits);
    this.#rate = new RateController(this.#limits);
  }

  /** The last verdict; `go` before the first. */
  get verdict(): Verdict {
    return this.#verdict;
  }

  /**
   * What the fill may read now, bytes a second. `null`: unlimited. 0 while it is to pause or to stop; a rate limiter for
   * which 0 means unlimited must not be handed this one.
   */
  get bytesPerSecond(): number | null {
    const { action } = this.#verdict;
    if (action === 'pause' || action === 'stop') return 0;
    return action === 'slow' ? this.#verdict.bytesPerSecond : this.#rate.bytesPerSecond;
  }

  get baselines(): GuardBaselines {
    return {
      availableBytes: this.#memory.baseline.value,
      devices: [...this.#devices].map(([device, { baseline }]) => ({
        device,
        readMs: baseline.value,
        source: baseline.source,
      })),
      unhinderedBytesPerSecond: this.#rate.unhindered,
    };
  }

  observe(readings: GuardReadings): Verdict {
    const elapsedMs = this.#clock.advance(readings.atMs);
    const clean = cleanReadings(readings);
    const memory = this.#memory.observe(this.#clock.nowMs, elapsedMs, clean);
    const devices = this.#watchDevices(elapsedMs, clean);
    this.#steer(elapsedMs, clean.readBytes, memory, devices);
    this.#verdict = this.#judge(memory, devices);
    return this.#verdict;
  }

  /** A device that the set lies on no more is forgotten: should it come back, its baseline is taken anew. */
  #watchDevices(elapsedMs: number, { devices, ioPressure, readBytes }: CleanReadings): DeviceState[] {
    const { nowMs } = this.#clock;
    const before = this.#devices;
    this.#devices = new Map();
    return devices.map((reading) => {
      const watch = before.get(reading.device) ?? new DeviceWatch(reading.device, this.#limits, nowMs);
      this.#devices.set(reading.device, watch);
      return watch.observe(nowMs, elapsedMs, reading, ioPressure, readBytes > 0);
    });
  }

  #steer(elapsedMs: number, readBytes: number, memory: MemoryState, devices: readonly DeviceState[]): void {
    const yielding = devices.filter(({ yieldTo }) => yieldTo !== null);
    const deviceReason = yielding[0]?.yieldTo ?? null;
    const pressed = memory.slow !== null || yielding.some(({ pressed }) => pressed);
    const held = yielding.every(({ slow }) => slow) ? 'slow' : 'others';
    const idle = memory.slow === null ? 'no' : 'pressure';
    this.#rate.observe({
      nowMs: this.#clock.nowMs,
      elapsedMs,
      readBytes,
      yieldTo: deviceReason === null ? idle : held,
      established: yielding.some(({ established }) => established),
      delay: pressed ? { state: 'over', ratio: 1.5 } : this.#worstDelay(yielding),
      paused: memory.pause !== null,
    });
    this.#lastReason = deviceReason ?? memory.slow ?? memory.pause ?? this.#lastReason;
  }

  /** The fill has one rate: the device on which it does most harm decides. */
  #worstDelay(yielding: readonly DeviceState[]): Delay {
    const delays = yielding.map(
      ({ device }) => this.#devices.get(device)?.delay(this.#rate.steadySinceMs) ?? UNKNOWN,
    );
    const over = delays.find(({ state }) => state === 'over');
    if (over !== undefined) return over;
    const known = delays.flatMap((delay) => (delay.state === 'under' ? [delay] : []));
    const [first] = known.sort((a, b) => b.ratio - a.ratio);
    return first === undefined || known.length < delays.length ? UNKNOWN : first;
  }

  #judge(memory: MemoryState, devices: readonly DeviceState[]): Verdict {
    if (memory.pause !== null) return this.#pause(memory.pause);
    this.#pausedSinceMs = null;
    const bytesPerSecond = this.#rate.bytesPerSecond;
    const { phase } = this.#rate;
    if (phase !== 'free' && bytesPerSecond !== null && this.#lastReason !== null) {
      const reason = phase === 'returning' ? words.returning(this.#lastReason) : this.#lastReason;
      return { action: 'slow', bytesPerSecond, reason };
    }
    return this.#judgeBlind(devices, bytesPerSecond) ?? { action: 'go' };
  }

  #judgeBlind(devices: readonly DeviceState[], bytesPerSecond: number | null): Verdict | null {
    const { blindBytesPerSecond } = this.#limits;
    const blind = devices.filter((state) => state.blind).map(({ device }) => device);
    if (blindBytesPerSecond === null || blind.length === 0) return null;
    const limit = Math.min(blindBytesPerSecond, bytesPerSecond ?? blindBytesPerSecond);
    return { action: 'slow', bytesPerSecond: limit, reason: words.blind(blind) };
  }

  #pause(reason: Reason): Verdict {
    const { nowMs } = this.#clock;
    this.#pausedSinceMs ??= nowMs;
    const seconds = (nowMs - this.#pausedSinceMs) / 1000;
    const { stopAfterSeconds } = this.#limits;
    if (stopAfterSeconds === null || seconds < stopAfterSeconds) return { action: 'pause', reason };
    return { action: 'stop', reason: words.pausedTooLong(reason, seconds) };
  }
}
