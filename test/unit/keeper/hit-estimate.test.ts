import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addReads,
  estimateHits,
  FAULT_BYTES,
  NO_READS,
  type ReadCounts,
  readsBetween,
} from '../../../lib/keeper/hit-estimate.ts';

const MiB = 2 ** 20;
const WATCHED = { pid: 7 };
const WHOLE = { refaultedBytes: null, incomplete: false };

const estimate = (counts: Partial<ReadCounts>) => estimateHits({ ...NO_READS, ...counts }, WATCHED, WHOLE);

const count = fc.oneof(fc.nat(), fc.nat({ max: 3 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const counts = fc.record({ callBytes: count, deviceBytes: count, majorFaults: count });

describe('read calls', () => {
  test('all from the cache, half, nothing', () => {
    expect(estimate({ callBytes: 100 * MiB })).toMatchObject({ hitRatio: 1, fromDeviceBytes: 0 });
    expect(estimate({ callBytes: 100 * MiB, deviceBytes: 50 * MiB }).hitRatio).toBe(0.5);
    expect(estimate({ callBytes: 100 * MiB, deviceBytes: 100 * MiB }).hitRatio).toBe(0);
  });

  test('read-ahead beyond what was asked for is no hit, and was read', () => {
    expect(estimate({ callBytes: 10 * MiB, deviceBytes: 12 * MiB })).toMatchObject({
      hitRatio: 0,
      readBytes: 12 * MiB,
    });
  });
});

describe('mappings', () => {
  test('that read all from the device have no hits', () => {
    const faults = { deviceBytes: 64 * MiB, majorFaults: (64 * MiB) / FAULT_BYTES };
    expect(estimate(faults)).toMatchObject({ hitRatio: 0, readBytes: 64 * MiB, majorFaults: 512 });
    expect(estimate({ deviceBytes: 64 * MiB, majorFaults: 32 }).hitRatio).toBe(0);
    expect(estimate({ deviceBytes: 4096 * 16, majorFaults: 16 }).hitRatio).toBe(0);
  });

  test('beside read calls: their misses aren’t taken for misses of the calls', () => {
    const both = { callBytes: 64 * MiB, deviceBytes: 64 * MiB, majorFaults: 512 };
    expect(estimate(both).hitRatio).toBe(0.5);
  });

  test('of a filesystem that devices don’t count: a fault was a miss all the same', () => {
    expect(estimate({ majorFaults: 100 })).toMatchObject({ hitRatio: 0, fromDeviceBytes: 409_600 });
  });
});

test('nothing read is no ratio', () => {
  expect(estimate({})).toMatchObject({ hitRatio: null, readBytes: 0, fromDeviceBytes: 0 });
});

test('whatever is counted: a share or nothing, and the numbers belong together', () => {
  fc.assert(
    fc.property(counts, (reads) => {
      const { hitRatio, readBytes, fromDeviceBytes } = estimate(reads);
      expect(Number.isFinite(readBytes) && Number.isFinite(fromDeviceBytes)).toBe(true);
      expect(readBytes).toBeGreaterThanOrEqual(fromDeviceBytes);
      expect(readBytes).toBeGreaterThanOrEqual(reads.callBytes);
      expect(fromDeviceBytes).toBeGreaterThanOrEqual(reads.deviceBytes);
      expect(hitRatio === null).toBe(readBytes === 0);
      if (hitRatio !== null) {
        expect(hitRatio).toBeGreaterThanOrEqual(0);
        expect(hitRatio).toBeLessThanOrEqual(1);
        expect(hitRatio).toBe(1 - fromDeviceBytes / readBytes);
      }
    }),
  );
});

test('more from the device is never a better ratio, more from calls never a worse one', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 2 ** 40 }), (reads, more) => {
      const of = (other: Partial<ReadCounts>) => estimate({ ...reads, ...other }).hitRatio ?? 1;
      const small = {
        callBytes: Math.floor(reads.callBytes / 4),
        deviceBytes: Math.floor(reads.deviceBytes / 4),
      };
      const least = of(small);
      expect(of({ ...small, deviceBytes: small.deviceBytes + more })).toBeLessThanOrEqual(least);
      const none = estimate({ ...reads, ...small }).hitRatio;
      if (none !== null)
        expect(of({ ...small, callBytes: small.callBytes + more })).toBeGreaterThanOrEqual(none);
    }),
  );
});

test('between two moments; nothing when a counter went backwards', () => {
  fc.assert(
    fc.property(counts, counts, (one, other) => {
      const between = readsBetween(one, other);
      const backwards =
        other.callBytes < one.callBytes ||
        other.deviceBytes < one.deviceBytes ||
        other.majorFaults < one.majorFaults;
      expect(between === null).toBe(backwards);
    }),
  );
  const reads = { callBytes: 5, deviceBytes: 4, majorFaults: 3 };
  expect(readsBetween(reads, { callBytes: 7, deviceBytes: 4, majorFaults: 4 })).toEqual({
    callBytes: 2,
    deviceBytes: 0,
    majorFaults: 1,
  });
  expect(addReads(reads, reads)).toEqual({ callBytes: 10, deviceBytes: 8, majorFaults: 6 });
});

test('says how, and whose reads are missing', () => {
  expect(estimate({}).method).toMatch(/^estimate: .*rchar.*majflt.*read_bytes/);
  expect(estimateHits(NO_READS, { cgroup: '/c' }, { refaultedBytes: 8192, incomplete: true })).toMatchObject({
    watched: { cgroup: '/c' },
    refaultedBytes: 8192,
    method: expect.stringMatching(/some of its processes only$/),
  });
});
