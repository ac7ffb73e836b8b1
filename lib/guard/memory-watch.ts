import { Baseline } from './baseline.ts';
import type { CleanReadings } from './clean.ts';
import { EvictionWatch } from './eviction-watch.ts';
import { Latch, type Sign, signAbove, signBelow } from './latch.ts';
import { GIB, type GuardLimits, MIB } from './options.ts';
import * as words from './reasons.ts';
import { RecentAmounts } from './recent.ts';
import type { CgroupReading, Reason } from './types.ts';

/** What memory has to say: at most one of both, the most pressing. */
export interface MemoryState {
  readonly pause: Reason | null;
  readonly slow: Reason | null;
}

const HOLD_MS = 5000;
// Short enough to see a change within a second, long enough that one stall of a moment isn't one.
const WINDOW_MS = 1000;
const SWAP_ENTER = MIB;
const SWAP_LEAVE = MIB / 4;
const FLOOR_SHARE = 0.05;
const CGROUP_FLOOR = 64 * MIB;
// Less than the 3 % that the budget leaves free, so that a set which fits is never held back by itself.
const CGROUP_FLOOR_SHARE = 0.02;
// What was taken and not given back for long isn't coming back soon. The absolute floor is the bound.
const AGEING = { upMs: 600_000, downMs: 600_000, most: Number.MAX_VALUE };

/** Sees that memory is wanted elsewhere. Each sign has its own state, so that one that flaps doesn't hide another. */
export class MemoryWatch {
  readonly #limits: GuardLimits;
  readonly #baseline: Baseline;
  readonly #fell = new Latch();
  readonly #floor = new Latch();
  readonly #headroom = new Latch();
  readonly #swap = new Latch();
  readonly #pressurePause = new Latch();
  readonly #pressureSlow = new Latch();
  readonly #stalled = new RecentAmounts(WINDOW_MS);
  readonly #swapped = new RecentAmounts(WINDOW_MS);
  readonly #evictions = new EvictionWatch();
  /** The last message of each sign, for as long as it holds without being read anew. */
  readonly #reasons = new Map<Latch, Reason>();
  #cgroups: string | null = null;

  constructor(limits: GuardLimits) {
    this.#limits = limits;
    this.#baseline = new Baseline(limits.baselineAvailableBytes, AGEING);
  }

  get baseline(): Baseline {
    return this.#baseline;
  }

  observe(nowMs: number, elapsedMs: number, readings: CleanReadings): MemoryState {
    this.#rebase(readings);
    const pauses = [
      this.#watchFloor(nowMs, readings),
      this.#watchHeadroom(nowMs, readings.cgroups),
      this.#watchFall(nowMs, elapsedMs, readings.availableBytes),
      this.#watchSwap(nowMs, elapsedMs, readings.swapInBytes),
      this.#evictions.observe(nowMs, elapsedMs, readings.readBytes, readings.evictedBytes),
    ];
    const pressure = this.#watchPressure(nowMs, elapsedMs, readings.memoryPressure);
    const pause = pauses.find((reason) => reason !== null) ?? pressure.pause;
    return { pause, slow: pause === null ? pressure.slow : null };
  }

  /** A process that was moved to another cgroup is, as to memory, on another host. */
  #rebase({ availableBytes, cgroups }: CleanReadings): void {
    if (availableBytes === null) return;
    const paths = cgroups.map(({ path }) => path).join('\0');
    if (paths !== this.#cgroups || this.#baseline.value === null) this.#baseline.take(availableBytes);
    this.#cgroups = paths;
  }

  #watchFloor(nowMs: number, { availableBytes, totalBytes }: CleanReadings): Reason | null {
    const total = totalBytes ?? this.#baseline.value ?? 0;
    const floor = this.#limits.memoryFloorBytes ?? Math.min(GIB, total * FLOOR_SHARE);
    const sign = signBelow(availableBytes, floor, floor * 1.1);
    return this.#judge(this.#floor, nowMs, sign, () => words.memoryFloor(availableBytes ?? 0, floor));
  }

  #watchFall(nowMs: number, elapsedMs: number, available: number | null): Reason | null {
    const { memoryFall } = this.#limits;
    const baseline = this.#baseline.value;
    if (available !== null) this.#baseline.age(available, elapsedMs);
    const known = available === null || baseline === null || baseline === 0 ? null : available / baseline;
    const sign = signBelow(known, 1 - memoryFall, 1 - memoryFall * 0.8);
    return this.#judge(this.#fell, nowMs, sign, () =>
      words.memoryFell(available ?? 0, baseline ?? 0, memoryFall),
    );
  }

  #watchHeadroom(nowMs: number, cgroups: readonly CgroupReading[]): Reason | null {
    const above = (cgroup: CgroupReading): number => cgroup.headroomBytes - this.#cgroupFloor(cgroup);
    const [first, ...others] = cgroups;
    if (first === undefined) return this.#judge(this.#headroom, nowMs, 'good');
    const least = others.reduce((a, b) => (above(b) < above(a) ? b : a), first);
    const floor = this.#cgroupFloor(least);
    const sign = signBelow(least.headroomBytes, floor, floor * 1.5);
    return this.#judge(this.#headroom, nowMs, sign, () =>
      words.cgroupHeadroom(least.path, least.headroomBytes, floor),
    );
  }

  #cgroupFloor({ limitBytes }: CgroupReading): number {
    const { cgroupFloorBytes } = this.#limits;
    return cgroupFloorBytes ?? Math.min(CGROUP_FLOOR, (limitBytes ?? Infinity) * CGROUP_FLOOR_SHARE);
  }

  #watchSwap(nowMs: number, elapsedMs: number, swapInBytes: number | null): Reason | null {
    if (swapInBytes !== null) this.#swapped.add(nowMs, elapsedMs, swapInBytes);
    const rate = swapInBytes === null ? null : this.#swapped.perSecond;
    const sign = signAbove(rate, SWAP_ENTER, SWAP_LEAVE);
    return this.#judge(this.#swap, nowMs, sign, () => words.swapping(rate ?? 0, SWAP_ENTER));
  }

  /** Half of what pauses a fill slows it. */
  #watchPressure(nowMs: number, elapsedMs: number, share: number | null): MemoryState {
    if (share !== null) this.#stalled.add(nowMs, elapsedMs, share * elapsedMs);
    const perSecond = share === null ? null : this.#stalled.perSecond;
    const mean = perSecond === null ? null : perSecond / 1000;
    const limit = this.#limits.memoryPressure;
    const message = (allowed: number) => () => words.memoryPressure(mean ?? 0, allowed);
    const pauseSign = signAbove(mean, limit, limit / 2);
    const slowSign = signAbove(mean, limit / 2, limit / 4);
    return {
      pause: this.#judge(this.#pressurePause, nowMs, pauseSign, message(limit)),
      slow: this.#judge(this.#pressureSlow, nowMs, slowSign, message(limit / 2)),
    };
  }

  #judge(latch: Latch, nowMs: number, sign: Sign, message?: () => Reason): Reason | null {
    const on = latch.update(nowMs, sign, HOLD_MS);
    if (sign === 'bad' && message !== undefined) this.#reasons.set(latch, message());
    return on ? (this.#reasons.get(latch) ?? null) : null;
  }
}
