import { describe, expect, test } from 'vitest';
import { Guard, type ReasonCode } from '../../../lib/guard/index.ts';
import { GIB, MIB, type Moment, phases, show } from './readings.ts';

type What = Omit<Moment, 'atMs'>;

const cgroup = (headroomBytes: number): What => ({ cgroups: [{ path: '/pod', headroomBytes }] });
const available = (availableBytes: number): What => ({ memory: { availableBytes } });

/** What is well, what pauses, and what is better but not yet good. */
const SIGNS: readonly [ReasonCode, What, What, What][] = [
  ['memory-fell', {}, available(12 * GIB), available(13.2 * GIB)],
  ['memory-floor', {}, available(0.9 * GIB), available(1.05 * GIB)],
  ['cgroup-headroom', cgroup(GIB), cgroup(63 * MIB), cgroup(80 * MIB)],
  ['memory-pressure', {}, { pressure: { cgroupMemory: 0.5 } }, { pressure: { cgroupMemory: 0.07 } }],
  ['swapping', {}, { memory: { swapInBytes: MIB } }, { memory: { swapInBytes: 128 * 1024 } }],
];

describe.each(SIGNS)('%s', (code, well, bad, between) => {
  const options = code === 'memory-floor' ? { memoryFall: 1 } : {};

  test('pauses within a second', () => {
    const guard = new Guard(options);
    expect(phases(show(guard, 0, 5000, () => well))).toEqual(['go']);
    expect(show(guard, 5000, 6000, () => bad).map((one) => phases([one])[0])).toContain(`pause ${code}`);
    expect(guard.bytesPerSecond).toBe(0);
  });

  test('is not left while it is merely better, and not at once when it is good', () => {
    const guard = new Guard(options);
    show(guard, 0, 2000, () => well);
    show(guard, 2000, 4000, () => bad);
    expect(phases(show(guard, 4000, 20_000, () => between))).toEqual([`pause ${code}`]);
    expect(phases(show(guard, 20_000, 24_000, () => well))).toEqual([`pause ${code}`]);
    expect(phases(show(guard, 24_000, 60_000, () => well)).at(-1)).toBe('go');
  });

  test('does not flap when it comes and goes', () => {
    const guard = new Guard(options);
    show(guard, 0, 2000, () => well);
    const verdicts = show(guard, 2000, 30_000, (atMs) => (atMs % 2000 < 1000 ? bad : well));
    expect(phases(verdicts).filter((phase) => phase === 'go').length).toBeLessThanOrEqual(1);
    expect(phases(verdicts).length).toBeLessThanOrEqual(3);
  });
});

test('after a pause the fill begins at the floor and goes up slowly', () => {
  const guard = new Guard();
  show(guard, 0, 5000);
  show(guard, 5000, 7000, () => available(8 * GIB));
  const rates = show(guard, 7000, 30_000).flatMap((one) =>
    one.action === 'slow' ? [one.bytesPerSecond] : [],
  );
  expect(rates[0]).toBeLessThan(0.07 * GIB);
  expect(rates.length).toBeGreaterThan(8);
  expect(rates).toEqual(rates.toSorted((a, b) => a - b));
  expect(guard.verdict.action).toBe('go');
});

test('pressure that is half of what pauses slows', () => {
  const guard = new Guard();
  show(guard, 0, 5000);
  const verdicts = show(guard, 5000, 10_000, () => ({ pressure: { memory: 0.07 } }));
  expect(phases(verdicts).at(-1)).toBe('slow memory-pressure');
});

test('a reader who comes while memory grows tight gets the floor, not half', () => {
  const guard = new Guard();
  show(guard, 0, 5000);
  show(guard, 5000, 5750, () => ({ pressure: { memory: 0.07 } }));
  expect(guard.bytesPerSecond).toBeGreaterThan(0.3 * GIB);
  show(guard, 5750, 6000, () => ({ pressure: { memory: 0.07 }, device: { othersReadsPerSecond: 300 } }));
  expect(guard.bytesPerSecond).toBeLessThan(0.07 * GIB);
});

describe('evicted-again', () => {
  const lost = (evictedBytes: number): What => ({ fill: { readBytes: 256 * MIB, evictedBytes } });

  test('half of what is read being evicted pauses, a tenth does not', () => {
    const guard = new Guard();
    show(guard, 0, 3000);
    expect(phases(show(guard, 3000, 10_000, () => lost(25 * MIB)))).toEqual(['go']);
    expect(phases(show(guard, 10_000, 20_000, () => lost(200 * MIB)))).toContain('pause evicted-again');
  });

  test('each pause that was too short is followed by one of twice the length', () => {
    const guard = new Guard();
    const paused: number[] = [];
    let since: number | null = null;
    for (let atMs = 0; atMs < 400_000; atMs += 250) {
      show(guard, atMs, atMs + 250, () =>
        guard.bytesPerSecond === 0 ? { fill: { readBytes: 0 } } : lost(200 * MIB),
      );
      if (guard.bytesPerSecond === 0) since ??= atMs;
      else if (since !== null) {
        paused.push(atMs - since);
        since = null;
      }
    }
    expect(paused.slice(0, 4)).toEqual([10_250, 20_250, 40_250, 80_250]);
  });
});

test('a pause becomes a stop after the time that was given, and ends with its reason', () => {
  const guard = new Guard({ stopAfterSeconds: 10 });
  show(guard, 0, 2000);
  const verdicts = show(guard, 2000, 15_000, () => available(8 * GIB));
  expect(phases(verdicts)).toEqual(['pause memory-fell', 'stop memory-fell']);
  expect(verdicts.findIndex(({ action }) => action === 'stop')).toBe(40);
  expect(phases(show(guard, 15_000, 40_000)).at(-1)).toBe('go');
});

test('pauses with time between them do not add up to a stop', () => {
  const guard = new Guard({ stopAfterSeconds: 10 });
  const verdicts = show(guard, 0, 100_000, (atMs) => (atMs % 20_000 >= 18_000 ? available(8 * GIB) : {}));
  expect(phases(verdicts)).toContain('pause memory-fell');
  expect(phases(verdicts)).not.toContain('stop memory-fell');
});

describe('the baseline of MemAvailable', () => {
  test('is that of the first reading, and can be given', () => {
    const guard = new Guard();
    show(guard, 0, 250, () => available(10 * GIB));
    expect(guard.baselines.availableBytes).toBe(10 * GIB);
    const given = new Guard({ baselineAvailableBytes: 20 * GIB });
    expect(phases(show(given, 0, 250))).toEqual(['go']);
    expect(phases(show(given, 250, 500, () => available(15.9 * GIB)))).toEqual(['pause memory-fell']);
  });

  test('does not move in seconds; what is gone for half an hour is gone', () => {
    const guard = new Guard();
    show(guard, 0, 1000);
    expect(phases(show(guard, 1000, 60_000, () => available(8 * GIB)))).toEqual(['pause memory-fell']);
    expect(phases(show(guard, 60_000, 1_800_000, () => available(8 * GIB))).at(-1)).toBe('go');
    expect(guard.baselines.availableBytes).toBeGreaterThan(8 * GIB);
  });

  test('is taken anew in another cgroup', () => {
    const guard = new Guard();
    show(guard, 0, 1000, () => cgroup(GIB));
    const moved = show(guard, 1000, 2000, () => ({
      cgroups: [{ path: '/other', headroomBytes: GIB }],
      memory: { availableBytes: 8 * GIB },
    }));
    expect(phases(moved)).toEqual(['go']);
  });
});

test('readings that are not known pause nothing', () => {
  const guard = new Guard();
  const verdicts = show(guard, 0, 10_000, () => ({
    memory: { availableBytes: null, totalBytes: null, swapInBytes: null },
    pressure: { memory: null, io: null },
    fill: { evictedBytes: null },
  }));
  expect(phases(verdicts)).toEqual(['go']);
  expect(guard.baselines.availableBytes).toBeNull();
});
