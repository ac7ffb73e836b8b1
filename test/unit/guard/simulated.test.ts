import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANNELS, type DeviceModel, QUEUE, SLOW_QUEUE } from '../../support/simulator/device.ts';
import { between, bursts, HEAVY, type Load, STEADY } from '../../support/simulator/foreground.ts';
import { timeSeries } from '../../support/simulator/series.ts';
import {
  foregroundP95,
  pointsBetween,
  type Run,
  type Scenario,
  simulate,
  speedBetween,
} from '../../support/simulator/simulate.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const seed = fc.integer({ min: 1, max: 2 ** 31 });
const anyDevice = fc.constantFrom(QUEUE, CHANNELS, SLOW_QUEUE);
// A run follows from its seed; with a seed for the seeds too, a failure is one of the code. Change it to look further.
const RUNS = { numRuns: 8, seed: 20 };

/** Full speed without gaps and without a guard. */
function idleSpeed(device: DeviceModel): number {
  const run = simulate({
    seconds: 10,
    device,
    fillFromSecond: 0,
    guarded: false,
    runtime: { intervalMs: 5000, gapMs: 1 },
  });
  return speedBetween(run, 5, 10);
}

function aloneP95(device: DeviceModel, load: Load, ofSeed: number): number {
  return foregroundP95(simulate({ seconds: 20, device, load, seed: ofSeed, fillFromSecond: 1e6 }), 0, 20);
}

const later = (load: Load): Load => between(10_000, Number.POSITIVE_INFINITY, load);

/** The time from `fromSecond` to the first observation for which `is` holds, seconds. */
function secondsUntil(run: Run, fromSecond: number, is: (point: Run['points'][number]) => boolean): number {
  const point = pointsBetween(run, fromSecond, Number.POSITIVE_INFINITY).find(is);
  return point === undefined ? Number.POSITIVE_INFINITY : point.atMs / 1000 - fromSecond;
}

const isReduced = ({ allowed }: Run['points'][number]) => allowed !== null && allowed < 0.2 * GIB;

test('uses 80 % of an idle device, on any device', () => {
  fc.assert(
    fc.property(anyDevice, seed, (device, seed) => {
      const run = simulate({ seconds: 30, device, seed });
      expect(speedBetween(run, 3, 30)).toBeGreaterThan(0.8 * idleSpeed(device));
    }),
    RUNS,
  );
});

describe('beside a neighbour that reads 64 KiB every 3 ms', () => {
  const cases = fc.tuple(fc.constantFrom(QUEUE, CHANNELS), seed);

  test('its p95 is at most 1.2 times what it is alone, and the fill moves at 5 % of its idle rate', () => {
    fc.assert(
      fc.property(cases, ([device, seed]) => {
        const run = simulate({ seconds: 60, device, seed, load: later(STEADY) });
        expect(foregroundP95(run, 11, 60)).toBeLessThanOrEqual(1.2 * aloneP95(device, STEADY, seed));
        expect(speedBetween(run, 11, 60)).toBeGreaterThanOrEqual(0.05 * idleSpeed(device));
      }),
      RUNS,
    );
  });

  test('after the first second no second has a p95 of more than twice that', () => {
    fc.assert(
      fc.property(cases, ([device, seed]) => {
        const run = simulate({ seconds: 60, device, seed, load: later(STEADY) });
        const alone = aloneP95(device, STEADY, seed);
        for (let second = 11; second < 59; second += 1)
          expect(foregroundP95(run, second, second + 1)).toBeLessThanOrEqual(2 * alone);
      }),
      RUNS,
    );
  });

  test('without a guard it would be ten times: the model can tell', () => {
    const run = simulate({ seconds: 20, load: STEADY, guarded: false });
    expect(foregroundP95(run, 5, 20)).toBeGreaterThan(10 * aloneP95(QUEUE, STEADY, 1));
  });

  test('the rate has no limit cycle', () => {
    fc.assert(
      fc.property(cases, ([device, seed]) => {
        const run = simulate({ seconds: 120, device, seed, load: later(STEADY) });
        const rates = pointsBetween(run, 60, 120).map(({ allowed }) => allowed ?? Number.POSITIVE_INFINITY);
        expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(2.5);
        const turns = rates.filter((rate, index) => rate < (rates[index - 1] ?? 0)).length;
        expect(turns).toBeLessThan(15);
      }),
      RUNS,
    );
  });
});

describe.each([
  ['bursts', bursts(1000, 4000)],
  ['heavy load', HEAVY],
  ['a read every 50 ms', () => ({ everyMs: 50, bytes: 64 * 1024 })],
] as const)('beside %s', (_, load) => {
  test('the p95 is at most twice that alone, and the fill does not starve', () => {
    fc.assert(
      fc.property(fc.constantFrom(QUEUE, CHANNELS), seed, (device, seed) => {
        const run = simulate({ seconds: 60, device, seed, load: later(load) });
        expect(foregroundP95(run, 15, 60)).toBeLessThanOrEqual(2 * aloneP95(device, load, seed));
        expect(speedBetween(run, 11, 60)).toBeGreaterThanOrEqual(0.05 * idleSpeed(device));
      }),
      { ...RUNS, numRuns: 6 },
    );
  });
});

describe('within a second', () => {
  const moment = fc.double({ min: 6, max: 12, noNaN: true });
  const yields = (changed: (fromMs: number) => Omit<Scenario, 'seconds'>, is: typeof isReduced) =>
    fc.assert(
      fc.property(moment, seed, (second, seed) => {
        const run = simulate({ seconds: second + 3, seed, ...changed(second * 1000) });
        expect(pointsBetween(run, 3, second).every(({ allowed }) => allowed === null)).toBe(true);
        expect(secondsUntil(run, second, is)).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );

  test('of injected latency the rate is down', () => {
    yields((fromMs) => ({ extraMs: (atMs) => (atMs >= fromMs ? 2 : 0) }), isReduced);
  });

  test('of foreground load the rate is down', () => {
    yields((fromMs) => ({ load: between(fromMs, Number.POSITIVE_INFINITY) }), isReduced);
  });

  test('of a fall of memory it pauses', () => {
    yields(
      (fromMs) => ({ availableBytes: (atMs) => (atMs >= fromMs ? 8 : 16) * GIB }),
      ({ verdict }) => verdict.action === 'pause',
    );
  });
});

test('goes back up slowly after the neighbour left, and all the way', () => {
  fc.assert(
    fc.property(anyDevice, seed, (device, seed) => {
      const run = simulate({ seconds: 60, device, seed, load: between(10_000, 20_000) });
      const points = pointsBetween(run, 20, 60);
      expect(points.at(-1)?.allowed).toBeNull();
      const back = secondsUntil(run, 20, ({ allowed }) => allowed === null);
      expect(back).toBeGreaterThan(5);
      expect(back).toBeLessThan(20);
      for (const [index, { allowed }] of points.entries()) {
        const next = points[index + 1]?.allowed ?? null;
        if (allowed !== null && next !== null) expect(next).toBeLessThanOrEqual(allowed * 1.3);
      }
    }),
    RUNS,
  );
});

test('a reader that comes every ten seconds meets full speed twice and then no more', () => {
  const load = later(bursts(1000, 9000));
  const run = simulate({ seconds: 200, load });
  expect(pointsBetween(run, 40, 200).every(({ allowed }) => allowed !== null && allowed < 0.2 * GIB)).toBe(
    true,
  );
});

test('a device made slow by full speed itself is approached ever more slowly', () => {
  const ended: number[] = [];
  let creditBytes = 8 * GIB;
  let slow = false;
  const run = simulate({
    seconds: 600,
    extraMs: () => (slow ? 3 : 0),
    change: (readings) => {
      // A credit that full speed uses up and that refills at half of full speed.
      creditBytes = Math.min(8 * GIB, creditBytes + 0.25 * GIB - readings.fill.readBytes);
      if (!slow && creditBytes < 0) ended.push(readings.atMs);
      slow = creditBytes < 0 || (slow && creditBytes < GIB);
      return readings;
    },
  });
  const [early, late] = [ended.filter((atMs) => atMs < 300_000), ended.filter((atMs) => atMs >= 300_000)];
  expect(early.length).toBeGreaterThan(0);
  expect(late.length).toBeLessThanOrEqual(early.length);
  expect(speedBetween(run, 300, 600)).toBeGreaterThan(0.3 * GIB);
});

test('others who are there from the start: it feels its way up from the least floor', () => {
  fc.assert(
    fc.property(seed, (seed) => {
      const run = simulate({ seconds: 60, seed, load: STEADY });
      expect(foregroundP95(run, 3, 60)).toBeLessThanOrEqual(1.3 * aloneP95(QUEUE, STEADY, seed));
      expect(speedBetween(run, 20, 60)).toBeGreaterThan(4 * 8 * MIB);
    }),
    RUNS,
  );
});

test('never above the ceiling', () => {
  fc.assert(
    fc.property(anyDevice, fc.integer({ min: 1, max: 500 }), seed, (device, mib, seed) => {
      const ceiling = mib * MIB;
      const options = { ceilingBytesPerSecond: ceiling };
      const run = simulate({ seconds: 15, device, seed, options, load: between(5000, 7000) });
      expect(run.points.every(({ allowed }) => allowed !== null && allowed <= ceiling)).toBe(true);
      expect(speedBetween(run, 3, 15)).toBeLessThanOrEqual(ceiling * 1.05);
    }),
    RUNS,
  );
});

test('the same seed gives the same run', () => {
  const run = () => simulate({ seconds: 20, seed: 7, load: bursts(1000, 3000) }).points;
  expect(run()).toEqual(run());
});

test('a run can be drawn: its series has a row for each observation', () => {
  const rows = timeSeries(simulate({ seconds: 12, load: later(STEADY) }));
  expect(rows[0]).toMatchObject({ rate: null, verdict: 'go', reason: null, foregroundP95Ms: null });
  expect(rows.at(-1)).toMatchObject({ verdict: 'slow', reason: 'others-read' });
  expect(rows.at(-1)?.foregroundP95Ms).toBeGreaterThan(0);
  expect(rows.map(({ atMs }) => atMs)).toEqual(rows.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
});
