import { readsInFlight, splitDevice } from '../host/index.ts';
import type { Witnesses } from './judge.ts';

/**
 * Whether devices have reads in flight, each asked once. Asking behind the count is enough: a page whose read was in
 * flight when it was counted is up to date by the time the device is quiet.
 *
 * Devices that the kernel doesn't account for (network filesystems, btrfs: major number 0) are `unknown`.
 */
export async function deviceActivity(
  devices: Iterable<bigint>,
): Promise<ReadonlyMap<bigint, Witnesses['device']>> {
  const activity = new Map<bigint, Witnesses['device']>();
  for (const dev of new Set(devices)) {
    const { major, minor } = splitDevice(dev);
    const reads = await readsInFlight(major, minor);
    activity.set(dev, reads === null ? 'unknown' : reads > 0 ? 'busy' : 'quiet');
  }
  return activity;
}
