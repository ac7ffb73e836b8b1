import { createRandom } from '../../../bench/random.ts';
import { Guard, type GuardOptions, type GuardReadings, type Verdict } from '../../../lib/guard/index.ts';
import { percentileOf } from '../../../lib/percentile.ts';
import { Device, type DeviceModel, QUEUE } from './device.ts';
import { Events } from './events.ts';
import { Fill, type FillModel } from './fill.ts';
import { Foreground, type Load, NOBODY, type Read } from './foreground.ts';
import { RUNTIME, Runtime, type RuntimeModel, type Seen } from './runtime.ts';

const GIB = 1024 ** 3;

/** What is simulated. Everything follows from it and the seed alone. */
export interface Scenario {
  readonly seconds: number;
  readonly seed?: number;
  readonly device?: DeviceModel;
  readonly load?: Load;
  readonly fill?: Partial<FillModel>;
  readonly runtime?: Partial<RuntimeModel>;
  /** The fill begins then, after the baselines were taken. @default 2 */
  readonly fillFromSecond?: number;
  readonly options?: GuardOptions;
  /** That every read takes longer, milliseconds. */
  readonly extraMs?: (atMs: number) => number;
  /** @default 16 GiB */
  readonly availableBytes?: (atMs: number) => number;
  /** Changes the readings before the guard sees them, to take witnesses away or to add what isn't modelled. */
  readonly change?: (readings: GuardReadings) => GuardReadings;
  /** `false`: the fill runs at full speed whatever the guard says. @default true */
  readonly guarded?: boolean;
}

/** The run at one observation. */
export interface Point {
  readonly atMs: number;
  /** What the guard allows from here on, bytes a second; `null`: unlimited. */
  readonly allowed: number | null;
  /** What the fill read since the point before, bytes a second. */
  readonly speed: number;
  /** p95 of the neighbour's reads since the point before; `null`: none. */
  readonly foregroundP95Ms: number | null;
  readonly verdict: Verdict;
}

export interface Run {
  readonly points: readonly Point[];
  readonly reads: readonly Read[];
  readonly guard: Guard;
}

function readingsAt(atMs: number, scenario: Scenario, seen: Seen): GuardReadings {
  const { readBytes, ...device } = seen;
  const readings: GuardReadings = {
    atMs,
    memory: {
      availableBytes: scenario.availableBytes?.(atMs) ?? 16 * GIB,
      totalBytes: 24 * GIB,
      swapInBytes: 0,
    },
    cgroups: [],
    pressure: { memory: 0, cgroupMemory: null, io: 0, cgroupIo: null },
    fill: { readBytes, evictedBytes: 0 },
    devices: [{ device: '259:0', averageReadMs: null, ...device }],
  };
  return scenario.change?.(readings) ?? readings;
}

/** Runs a fill under a guard beside a neighbour, on a modelled device. */
export function simulate(scenario: Scenario): Run {
  const random = createRandom(scenario.seed ?? 1);
  const events = new Events();
  const device = new Device(scenario.device ?? QUEUE, random, scenario.extraMs ?? (() => 0));
  const foreground = new Foreground(events, device, random, scenario.load ?? NOBODY);
  const model: FillModel = { streams: 4, pieceBytes: 256 * 1024, ...scenario.fill };
  const fill = new Fill(events, device, model, (scenario.fillFromSecond ?? 2) * 1000);
  const guard = new Guard(scenario.options);
  const points: Point[] = [];
  let [lastMs, lastRead] = [0, 0];
  const alone = (): boolean => guard.verdict.action === 'go';
  const timing = { ...RUNTIME, ...scenario.runtime };
  new Runtime({ events, device, random, fill, foreground }, timing, alone, (seen) => {
    const atMs = events.nowMs;
    const verdict = guard.observe(readingsAt(atMs, scenario, seen));
    if (scenario.guarded !== false) fill.limit = guard.bytesPerSecond;
    const since = foreground.reads.slice(lastRead).map(({ ms }) => ms);
    points.push({
      atMs,
      allowed: guard.bytesPerSecond,
      speed: (seen.readBytes / (atMs - lastMs)) * 1000,
      foregroundP95Ms: percentileOf(since, 0.95),
      verdict,
    });
    [lastMs, lastRead] = [atMs, foreground.reads.length];
  });
  events.runUntil(scenario.seconds * 1000);
  return { points, reads: foreground.reads, guard };
}

export function pointsBetween(run: Run, fromSecond: number, toSecond: number): Point[] {
  return run.points.filter(({ atMs }) => atMs > fromSecond * 1000 && atMs <= toSecond * 1000);
}

/** Bytes a second that the fill read in between. */
export function speedBetween(run: Run, fromSecond: number, toSecond: number): number {
  const speeds = pointsBetween(run, fromSecond, toSecond).map(({ speed }) => speed);
  return speeds.reduce((sum, speed) => sum + speed, 0) / Math.max(1, speeds.length);
}

/** p95 of the neighbour's reads in between, milliseconds; NaN where there were none. */
export function foregroundP95(run: Run, fromSecond: number, toSecond: number): number {
  const within = run.reads.filter(({ atMs }) => atMs > fromSecond * 1000 && atMs <= toSecond * 1000);
  return (
    percentileOf(
      within.map(({ ms }) => ms),
      0.95,
    ) ?? Number.NaN
  );
}
