import { describe, expect, it } from 'vitest';
import type { ReadCounters } from '../../../../lib/host/index.ts';
import { bytesInFlight, DeviceQueue } from '../../../../lib/launch/beside/device-queue.ts';

const at = (readsCompleted: number, mib: number, msReading: number): ReadCounters => ({
  readsCompleted,
  sectorsRead: mib * 2048,
  msReading,
});
const MIB = 1024 * 1024;

describe('the queue of a device', () => {
  it('is as full as reads take time together', () => {
    // 65 reads of 4 MiB, 5.4 ms each, in a tenth of a second.
    expect(bytesInFlight(at(1000, 50, 7000), at(1065, 310, 7351), 100)).toBeCloseTo(3.51 * 4 * MIB, 0);
    // One reader that always has one read of 128 KiB in flight.
    expect(bytesInFlight(at(0, 0, 0), at(800, 100, 100), 100)).toBe(MIB / 8);
  });

  it('is unknown where nothing was read, counters wrapped, or no time went by', () => {
    expect(bytesInFlight(at(5, 5, 5), at(5, 5, 5), 100)).toBeNull();
    expect(bytesInFlight(at(5, 5, 5), at(4, 6, 6), 100)).toBeNull();
    expect(bytesInFlight(at(5, 5, 5), at(6, 6, 4), 100)).toBeNull();
    expect(bytesInFlight(at(5, 5, 5), at(6, 4, 6), 100)).toBeNull();
    expect(bytesInFlight(at(5, 5, 5), at(6, 6, 6), 0)).toBeNull();
  });

  it('is unknown of sets without a device of their own', async () => {
    const queue = new DeviceQueue([]);
    expect(await queue.sinceLast()).toBeNull();
    expect(await queue.sinceLast()).toBeNull();
  });
});
