import { describe, expect, test } from 'vitest';
import { Guard, type GuardOptions } from '../../../lib/guard/index.ts';
import { DEVICE, GIB, MIB, type Moment, phases, show } from './readings.ts';

type What = Omit<Moment, 'atMs'>;

const times = (ms: number) => [ms, ms, ms, ms];
const OTHERS: What = { device: { othersReadsPerSecond: 300 } };
const SLOW: What = { device: { quietMs: times(0.8) } };
const FLOOR = 0.057 * GIB;

function warmedUp(options: GuardOptions = {}): Guard {
  const guard = new Guard(options);
  show(guard, 0, 2000, () => ({ fill: { readBytes: 0 } }));
  show(guard, 2000, 10_000);
  return guard;
}

test('others make it yield to the floor within one observation', () => {
  const guard = warmedUp();
  expect(guard.bytesPerSecond).toBeNull();
  expect(phases(show(guard, 10_000, 10_250, () => OTHERS))).toEqual(['slow others-read']);
  expect(guard.bytesPerSecond).toBeCloseTo(FLOOR, -6);
});

test('reads that nobody waits for are not others', () => {
  const guard = warmedUp();
  expect(phases(show(guard, 10_000, 20_000, () => ({ device: { othersReadsPerSecond: 1.9 } })))).toEqual([
    'go',
  ]);
});

test('full speed making probes slow harms nobody while nobody else reads', () => {
  const guard = warmedUp();
  expect(phases(show(guard, 10_000, 20_000, () => ({ device: { loadedMs: [8, 9] } })))).toEqual(['go']);
});

test('delay that stays low lets it rise slowly, delay that rises makes it fall', () => {
  const guard = warmedUp();
  show(guard, 10_000, 40_000, () => OTHERS);
  const raised = guard.bytesPerSecond ?? 0;
  expect(raised).toBeGreaterThan(FLOOR * 1.5);
  expect(raised).toBeLessThan(FLOOR * 4);
  show(guard, 40_000, 42_000, () => ({ device: { othersReadsPerSecond: 300, loadedMs: [0.5, 0.5] } }));
  expect(guard.bytesPerSecond).toBeLessThan(raised * 0.6);
});

test('a device that does not answer is slow at once, says for how long, and is no baseline', () => {
  const guard = warmedUp();
  const silent: What = { fill: { readBytes: 0 }, device: { quietMs: [], loadedMs: [], unansweredMs: 900 } };
  expect(phases(show(guard, 10_000, 10_250, () => silent))).toEqual(['slow device-slow']);
  expect(guard.verdict).toMatchObject({ reason: { message: expect.stringContaining('not answered') } });
  const before = guard.baselines;
  show(guard, 10_250, 60_000, () => silent);
  expect(guard.baselines).toEqual(before);
  expect(guard.verdict.action).toBe('slow');
  show(guard, 60_000, 120_000);
  expect(guard.verdict.action).toBe('go');
});

test('I/O pressure counts only while others read', () => {
  const pressure = { io: 0.9 };
  const guard = warmedUp();
  expect(phases(show(guard, 10_000, 20_000, () => ({ pressure })))).toEqual(['go']);
  expect(phases(show(guard, 20_000, 21_000, () => ({ ...OTHERS, pressure })))).toEqual(['slow io-pressure']);
  expect(guard.bytesPerSecond).toBeCloseTo(FLOOR, -6);
});

describe('a slow device', () => {
  test('makes it yield within one observation and leave with hysteresis', () => {
    const guard = warmedUp();
    expect(phases(show(guard, 10_000, 12_000, () => SLOW))).toEqual(['slow device-slow']);
    // 1.8 times the baseline would not enter, and it does not leave either.
    expect(phases(show(guard, 12_000, 30_000, () => ({ device: { quietMs: times(0.36) } })))).toEqual([
      'slow device-slow',
    ]);
    expect(guard.bytesPerSecond).toBeCloseTo(FLOOR, -6);
    expect(phases(show(guard, 30_000, 45_000)).at(-1)).toBe('go');
  });

  test('is not one slow read', () => {
    const guard = warmedUp();
    const verdicts = show(guard, 10_000, 30_000, (atMs) =>
      atMs % 5000 === 0 ? { device: { quietMs: [0.2, 0.2, 0.2, 9] } } : {},
    );
    expect(phases(verdicts)).toEqual(['go']);
  });

  test('becomes normal in many minutes and not before, and only up to a bound', () => {
    const guard = warmedUp();
    expect(phases(show(guard, 10_000, 70_000, () => SLOW))).toEqual(['slow device-slow']);
    expect(phases(show(guard, 70_000, 1_500_000, () => SLOW)).at(-1)).toBe('go');
    show(guard, 1_500_000, 9_000_000, () => ({ device: { quietMs: times(100) } }));
    expect(guard.baselines.devices[0]?.readMs).toBeCloseTo(0.2 * 8, 5);
  });

  test('stays abnormal while others read: it is them', () => {
    const guard = warmedUp();
    show(guard, 10_000, 1_500_000, () => ({ device: { quietMs: times(0.8), othersReadsPerSecond: 300 } }));
    expect(guard.baselines.devices[0]?.readMs).toBeCloseTo(0.2, 5);
  });

  test('is not what trembles by a few percent: the baseline stays where it is', () => {
    const guard = warmedUp();
    show(guard, 10_000, 600_000, () => ({ device: { quietMs: times(0.21) } }));
    expect(guard.baselines.devices[0]?.readMs).toBe(0.2);
  });

  test('has a baseline that can be given, and then never moves', () => {
    const guard = warmedUp({ baselineReadMs: 0.05 });
    expect(guard.verdict).toMatchObject({ action: 'slow', reason: { code: 'device-slow' } });
    show(guard, 10_000, 1_500_000);
    expect(guard.baselines.devices).toEqual([{ device: '259:0', readMs: 0.05, source: 'given' }]);
  });
});

test('a baseline is not learned from a device that others keep busy', () => {
  const guard = new Guard();
  show(guard, 0, 10_000, () => ({ device: { quietMs: times(3), othersReadsPerSecond: 300 } }));
  expect(guard.baselines.devices[0]?.readMs).toBeNull();
  show(guard, 10_000, 20_000);
  expect(guard.baselines.devices[0]?.readMs).toBe(0.2);
});

test('another device gets a baseline of its own', () => {
  const guard = warmedUp();
  const slower = { ...DEVICE, device: '8:0', quietMs: times(5), loadedMs: [5, 5] };
  expect(phases(show(guard, 10_000, 20_000, () => ({ devices: [slower] })))).toEqual(['go']);
  expect(guard.baselines.devices).toEqual([{ device: '8:0', readMs: 5, source: 'measured' }]);
});

test('of several devices the one that is harmed decides', () => {
  const guard = warmedUp();
  const second = { ...DEVICE, device: '8:0', othersReadsPerSecond: 50 };
  expect(phases(show(guard, 10_000, 10_250, () => ({ devices: [DEVICE, second] })))).toEqual([
    'slow others-read',
  ]);
});

describe('without probes', () => {
  const without = (averageReadMs: number | null, othersReadsPerSecond: number | null): What => ({
    device: { quietMs: [], loadedMs: [], othersReadsPerSecond, averageReadMs },
  });

  test('the average of diskstats is the second witness: two readings in a row', () => {
    const guard = new Guard();
    expect(phases(show(guard, 0, 5000, () => without(1, 0)))).toEqual(['go']);
    expect(phases(show(guard, 5000, 5250, () => without(5, 0)))).toEqual(['go']);
    expect(phases(show(guard, 5250, 5500, () => without(5, 0)))).toEqual(['slow device-slow']);
  });

  test('others are yielded to, and the rate does not rise without evidence', () => {
    const guard = new Guard();
    show(guard, 0, 5000, () => without(null, 0));
    show(guard, 5000, 30_000, () => without(null, 300));
    expect(guard.bytesPerSecond).toBeCloseTo(FLOOR, -6);
  });

  test('a device without any witness is blind only for who asked for a limit there', () => {
    const blind = () => without(null, null);
    expect(phases(show(new Guard(), 0, 10_000, blind))).toEqual(['go']);
    const guard = new Guard({ blindBytesPerSecond: 64 * MIB });
    expect(phases(show(guard, 0, 10_000, blind))).toEqual(['go', 'slow blind']);
    expect(guard.bytesPerSecond).toBe(64 * MIB);
  });
});

test('a ceiling holds in every verdict', () => {
  const guard = warmedUp({ ceilingBytesPerSecond: 20 * MIB });
  expect(guard.verdict.action).toBe('go');
  expect(guard.bytesPerSecond).toBe(20 * MIB);
  show(guard, 10_000, 11_000, () => OTHERS);
  expect(guard.bytesPerSecond).toBeLessThanOrEqual(20 * MIB);
});

test('a floor that is given counts', () => {
  const guard = warmedUp({ floorBytesPerSecond: 33 * MIB });
  show(guard, 10_000, 11_000, () => OTHERS);
  expect(guard.bytesPerSecond).toBe(33 * MIB);
});
