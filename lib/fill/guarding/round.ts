import { setTimeout as delay } from 'node:timers/promises';
import type { DeviceReadings, Reason, Verdict } from '../../guard/index.ts';
import type { WarmFile } from '../../targets/index.ts';
import type { RateLimit } from '../rate-limit.ts';
import { type DeviceSampler, type Gap, samplersOf, toDeviceReadings } from './device-sampler.ts';
import { EvictionSampler } from './evictions.ts';
import type { FriendsRead } from './friends.ts';

/** Seconds of a fill under each kind of verdict. */
export interface GuardSummary {
  readonly goSeconds: number;
  readonly slowSeconds: number;
  readonly pauseSeconds: number;
  /** Why it was slowed, paused or stopped last; `null` when it never was. */
  readonly lastReason: Reason | null;
}

// Four looks a second, and two where nothing spoke against full speed for some: a change is seen and answered within one.
const INTERVAL_MS = 250;
const UNDISTURBED_INTERVAL_MS = 500;
const LOOKS_UNDISTURBED = 2;
// A gap costs a fill its time: where draining the device takes long, looks come more rarely, but at least once a second.
const GAP_SHARE = 0.08;
const LONGEST_INTERVAL_MS = 900;
// Where a single read takes longer than that, nothing can be seen within a second; the fill still gets most of the time.
const LEAST_BETWEEN = 4;
const LOADED_PROBES = 2;
// cachestat walks small folios one by one: once a second costs nobody anything.
const EVICTIONS_EVERY_MS = 1000;
const LONGEST_COUNT_MS = 200;
const MOST_DEVICES = 4;

/** What belongs to the watch over one fill: its devices, its files, and how it went. */
export class Round {
  readonly #devices: readonly DeviceSampler[];
  readonly #evictions: EvictionSampler;
  readonly #seconds = { go: 0, slow: 0, pause: 0, stop: 0 };
  #intervalMs = INTERVAL_MS;
  /** In a row. */
  #looksAtFullSpeed = 0;
  #evictionsDueMs = 0;
  #last: { readonly verdict: Verdict; readonly atMs: number } | null = null;
  #lastReason: Reason | null = null;

  constructor(files: readonly WarmFile[], pageSize: number, rate: RateLimit, friends?: FriendsRead) {
    this.#devices = samplersOf(files, MOST_DEVICES, rate, friends);
    this.#evictions = new EvictionSampler(files, pageSize);
  }

  /** What reads on an otherwise idle device take, before anything of ours is in flight. */
  baseline(signal: AbortSignal): Promise<readonly Gap[]> {
    return Promise.all(
      this.#devices.map(async (device) => ({
        quietMs: await device.rest(signal),
        othersReadsPerSecond: null,
        othersReads: null,
      })),
    );
  }

  gaps(signal: AbortSignal): Promise<readonly Gap[]> {
    const alone = this.#last?.verdict.action === 'go';
    return Promise.all(this.#devices.map((device) => device.gap(alone, signal)));
  }

  /** Waits for the next look; meanwhile a few reads beside the fill show what a neighbour's read takes. */
  loaded(signal: AbortSignal): Promise<readonly (readonly number[])[]> {
    const step = this.#intervalMs / LOADED_PROBES;
    return Promise.all(
      this.#devices.map(async (device) => {
        const taken: number[] = [];
        for (let probe = 0; probe < LOADED_PROBES; probe += 1) {
          // Somewhere within its part of the time: an even beat might meet a neighbour's.
          const waitMs = Math.random() * step;
          await delay(waitMs, undefined, { signal });
          const started = performance.now();
          taken.push(...(await device.probe(1, 0, signal)));
          await delay(Math.max(0, step - waitMs - (performance.now() - started)), undefined, { signal });
        }
        return taken;
      }),
    ).then(async (loaded) => {
      if (this.#devices.length === 0) await delay(this.#intervalMs, undefined, { signal });
      return loaded;
    });
  }

  /** How long a gap was, so that gaps don't take more than their share. */
  paced(gapMs: number): void {
    const longest = Math.max(LONGEST_INTERVAL_MS, gapMs * LEAST_BETWEEN);
    const least = this.#looksAtFullSpeed < LOOKS_UNDISTURBED ? INTERVAL_MS : UNDISTURBED_INTERVAL_MS;
    this.#intervalMs = Math.min(longest, Math.max(least, gapMs / GAP_SHARE));
  }

  async evictedBytes(atMs: number, signal: AbortSignal): Promise<number | null> {
    if (atMs < this.#evictionsDueMs) return null;
    // To open a file waits for a server that is gone, too: one such wait is enough.
    this.#evictionsDueMs = Number.POSITIVE_INFINITY;
    const counted = this.#evictions.sample(signal).finally(() => {
      this.#evictionsDueMs = atMs + EVICTIONS_EVERY_MS;
    });
    return Promise.race([counted, delay(LONGEST_COUNT_MS, null, { ref: false })]);
  }

  readings(gaps: readonly Gap[], loaded: readonly (readonly number[])[]): Promise<readonly DeviceReadings[]> {
    return Promise.all(
      this.#devices.map(async (device, at) =>
        toDeviceReadings(
          device.device,
          gaps[at] ?? null,
          loaded[at] ?? [],
          await device.averageReadMs(),
          device.unansweredMs,
        ),
      ),
    );
  }

  note(verdict: Verdict, atMs: number): void {
    this.#count(atMs);
    this.#last = { verdict, atMs };
    this.#looksAtFullSpeed = verdict.action === 'go' ? this.#looksAtFullSpeed + 1 : 0;
    if (verdict.action !== 'go') this.#lastReason = verdict.reason;
  }

  /** Why the fill was stopped; `null` when it wasn't. */
  get stopped(): Reason | null {
    const verdict = this.#last?.verdict;
    return verdict?.action === 'stop' ? verdict.reason : null;
  }

  summary(atMs: number): GuardSummary {
    this.#count(atMs);
    const { go, slow, pause, stop } = this.#seconds;
    return {
      goSeconds: go,
      slowSeconds: slow,
      pauseSeconds: pause + stop,
      lastReason: this.#lastReason,
    };
  }

  #count(atMs: number): void {
    if (!this.#last) return;
    this.#seconds[this.#last.verdict.action] += (atMs - this.#last.atMs) / 1000;
    this.#last = { ...this.#last, atMs };
  }
}
