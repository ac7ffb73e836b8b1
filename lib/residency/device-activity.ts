import { readsInFlight, splitDevice } from '../host/index.ts';
import { readText } from '../native/read-text.ts';
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
  for (const dev of new Set(devices)) activity.set(dev, await activityOf(dev));
  return activity;
}

async function activityOf(dev: bigint): Promise<Witnesses['device']> {
  const { major, minor } = splitDevice(dev);
  if (major === 0) return 'unknown';
  // A partition has its disk's switch. The path isn't normalised: what `..` means is up to the link before it.
  const device = `/sys/dev/block/${major}:${minor}`;
  const [own, disk, reads] = await Promise.all([
    readText(`${device}/queue/iostats`),
    readText(`${device}/../queue/iostats`),
    readsInFlight(major, minor),
  ]);
  const counts = typeof own === 'string' ? own : disk;
  // With `iostats` 0 the kernel counts no request, and every device looks quiet.
  if (typeof counts !== 'string' || counts.trim() === '0' || reads === null) return 'unknown';
  return reads > 0 ? 'busy' : 'quiet';
}
