import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Guard, type GuardReadings } from '../../../lib/guard/index.ts';
import { DEVICE, MIB, readings } from './readings.ts';

const HOSTILE = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  0,
  -0,
  1e308,
  5e-324,
  2 ** 53,
];
const number = fc.oneof(fc.constantFrom(...HOSTILE), fc.double({ min: 0, max: 1e12 }));
const maybe = fc.option(number);
const probes = fc.array(number, { maxLength: 6 });

const anyReadings: fc.Arbitrary<GuardReadings> = fc.record({
  atMs: number,
  memory: fc.record({ availableBytes: maybe, totalBytes: maybe, swapInBytes: maybe }),
  cgroups: fc.array(fc.record({ path: fc.string(), headroomBytes: number }), { maxLength: 3 }),
  pressure: fc.record({ memory: maybe, cgroupMemory: maybe, io: maybe, cgroupIo: maybe }),
  fill: fc.record({ readBytes: number, evictedBytes: maybe }),
  devices: fc.array(
    fc.record({
      device: fc.constantFrom('', '8:0', '259:0'),
      quietMs: probes,
      loadedMs: probes,
      othersReadsPerSecond: maybe,
      averageReadMs: maybe,
    }),
    { maxLength: 3 },
  ),
});

const CEILING = 500 * MIB;

/** True of every verdict whatever was read. */
function check(guard: Guard): void {
  const { verdict, bytesPerSecond } = guard;
  if (verdict.action === 'go') expect(bytesPerSecond).toBe(CEILING);
  if (verdict.action === 'slow') {
    expect(Number.isSafeInteger(verdict.bytesPerSecond)).toBe(true);
    expect(verdict.bytesPerSecond).toBeGreaterThanOrEqual(1);
    expect(verdict.bytesPerSecond).toBeLessThanOrEqual(CEILING);
  }
  if (verdict.action !== 'go') expect(verdict.reason.message).not.toMatch(/NaN|Infinity|undefined|unknown/);
  for (const { readMs } of guard.baselines.devices) {
    if (readMs !== null) expect(Number.isFinite(readMs) && readMs >= 0).toBe(true);
  }
}

test('no reading breaks it, and none gets past the ceiling', () => {
  fc.assert(
    fc.property(fc.array(anyReadings, { maxLength: 60 }), (all) => {
      const guard = new Guard({ ceilingBytesPerSecond: CEILING, stopAfterSeconds: 5 });
      for (const one of all) {
        guard.observe(one);
        check(guard);
      }
    }),
    { numRuns: 300 },
  );
});

test('after any hostile past a few quiet hours end in go', () => {
  // A device whose baseline was taken from nonsense is bounded by it; one that is new must not suffer from the past.
  const devices = [{ ...DEVICE, device: 'new' }];
  fc.assert(
    fc.property(fc.array(anyReadings, { maxLength: 20 }), (all) => {
      const guard = new Guard();
      for (const one of all) guard.observe(one);
      for (let atMs = 0; atMs < 4 * 3_600_000; atMs += 5000) guard.observe(readings({ atMs, devices }));
      expect(guard.verdict.action).toBe('go');
    }),
    { numRuns: 50 },
  );
});

test('no time at all makes no infinite rate', () => {
  const guard = new Guard();
  guard.observe(readings({ atMs: 0 }));
  guard.observe(readings({ atMs: 5e-324, memory: { swapInBytes: 4096 } }));
  expect(guard.verdict.action).toBe('go');
});

test('time that stands still or goes back is no time', () => {
  const guard = new Guard({ stopAfterSeconds: 1 });
  guard.observe(readings({ atMs: 1000 }));
  const low = { availableBytes: MIB };
  for (const atMs of [1000, 500, Number.NaN, 400, 400]) guard.observe(readings({ atMs, memory: low }));
  expect(guard.verdict.action).toBe('pause');
  guard.observe(readings({ atMs: 1400, memory: low }));
  expect(guard.verdict.action).toBe('stop');
});
