import { readFile } from 'node:fs/promises';
import { readsInFlight, splitDevice } from '../host/index.ts';
import type { Witnesses } from './judge.ts';

/**
 * Whether devices have reads in flight, each asked once. Asking behind the count is enough: a page whose read was in
 * flight when it was counted is up to date by the time the device is quiet.
 *
 * Devices that the kernel doesn't account for (network filesystems, btrfs: major number 0; `iostats` switched off) are
 * `unknown`. Reads that a cgroup's throttle holds back are not in flight yet and can't be seen here: samples against
 * mincore are what finds those.
 */
export async function deviceActivity(
  devices: Iterable<bigint>,
): Promise<ReadonlyMap<bigint, Witnesses['device']>> {
  const activity = new Map<bigint, Witnesses['device']>();
  for (const dev of new Set(devices)) {
    const { major, minor } = splitDevice(dev);
    const reads = (await isCounting(major, minor)) ? await readsInFlight(major, minor) : null;
    activity.set(dev, reads === null ? 'unknown' : reads > 0 ? 'busy' : 'quiet');
  }
  return activity;
}

/** With `iostats` 0 the kernel counts no request, and every device looks quiet. A partition has its disk's switch. */
async function isCounting(major: number, minor: number): Promise<boolean> {
  if (major === 0) return false;
  const device = `/sys/dev/block/${major}:${minor}`;
  for (const file of [`${device}/queue/iostats`, `${device}/../queue/iostats`]) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text !== null) return text.trim() !== '0';
  }
  return false;
}
