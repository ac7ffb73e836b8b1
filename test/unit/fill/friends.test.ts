import { describe, expect, it } from 'vitest';
import { type DeviceTotals, ThirdParties } from '../../../lib/fill/guarding/friends.ts';

const MIB = 1024 * 1024;

/** A look a second; each of the three reads so many MiB between two of them, the device in reads of 64 KiB. */
function watch(
  seconds: readonly { readonly own: number; readonly friend: number; readonly others: number }[],
) {
  const parties = new ThirdParties();
  let totals: DeviceTotals = { atMs: 0, deviceBytes: 0, deviceReads: 0, ownBytes: 0, friendBytes: 0 };
  const seen = [parties.observe(totals)];
  for (const { own, friend, others } of seconds) {
    const bytes = (own + friend + others) * MIB;
    totals = {
      atMs: totals.atMs + 1000,
      deviceBytes: totals.deviceBytes + bytes,
      deviceReads: totals.deviceReads + bytes / 65_536,
      ownBytes: totals.ownBytes + own * MIB,
      friendBytes: totals.friendBytes + friend * MIB,
    };
    seen.push(parties.observe(totals));
  }
  return seen;
}

describe('third parties beside a friend', () => {
  it('are nobody while the fill and its friend read, however much', () => {
    expect(watch(Array(4).fill({ own: 900, friend: 900, others: 0 }))).toEqual([null, 0, 0, 0, 0]);
  });

  it('are seen when they have read more than can be in flight', () => {
    const seen = watch(Array(4).fill({ own: 900, friend: 100, others: 20 }));
    expect(seen.slice(0, 2)).toEqual([null, 0]);
    // 20 MiB a second in reads of 64 KiB.
    expect(seen[2]).toBeCloseTo(320);
    expect(seen[3]).toBe(0);
    expect(seen[4]).toBeCloseTo(320);
  });

  it('are compared anew where a friend also reads elsewhere', () => {
    const parties = new ThirdParties();
    const at = (seconds: number, deviceMib: number, friendMib: number) =>
      parties.observe({
        atMs: seconds * 1000,
        deviceBytes: deviceMib * MIB,
        deviceReads: deviceMib,
        ownBytes: 0,
        friendBytes: friendMib * MIB,
      });
    at(0, 0, 0);
    expect(at(1, 100, 600)).toBe(0);
    expect(at(2, 140, 600)).toBeCloseTo(40);
  });
});
