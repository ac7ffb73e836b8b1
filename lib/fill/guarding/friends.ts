/** Bytes that those whom a fill helps have fetched from devices since they began; `null`: not known. */
export type FriendsRead = () => Promise<number | null>;

/** Counts that only grow, at one moment. Bytes but for `reads`. */
export interface DeviceTotals {
  readonly atMs: number;
  /** Of the device, by /proc/diskstats: what is done. */
  readonly deviceBytes: number;
  readonly deviceReads: number;
  /** Of this process and of its friends, by /proc/PID/io: what was handed in. */
  readonly ownBytes: number;
  readonly friendBytes: number;
}

// Handed in and not done yet: a few streams of ours with their read-ahead, and a friend's. Up to here a difference
// between both counts is nobody.
const IN_FLIGHT = 32 * 1024 * 1024;

/**
 * Whether anybody else reads from a device that a friend keeps busy. Gaps don't show it: what is read in them is the
 * friend's, and there is no count of his requests, only of his bytes. So the bytes that the device read and neither we
 * nor he asked for are added up until they are more than can be in flight. Pure.
 */
export class ThirdParties {
  #base: DeviceTotals | null = null;

  /** @returns reads a second that were neither ours nor a friend's; 0 for none that can be told, `null` the first time. */
  observe(now: DeviceTotals): number | null {
    const base = this.#base;
    if (base === null) {
      this.#base = now;
      return null;
    }
    const bytes = now.deviceBytes - base.deviceBytes;
    const strange = bytes - (now.ownBytes - base.ownBytes) - (now.friendBytes - base.friendBytes);
    // Friends read from other devices, too, and the shares can't be told apart: then what comes next is compared anew.
    if (strange < 0) this.#base = now;
    const seconds = (now.atMs - base.atMs) / 1000;
    if (strange <= IN_FLIGHT || seconds <= 0) return 0;
    this.#base = now;
    return ((now.deviceReads - base.deviceReads) * (strange / bytes)) / seconds;
  }
}
