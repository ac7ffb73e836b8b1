import type { BlockDevice } from '../../host/index.ts';
import type { SetReadings } from '../readings.ts';

/** The disks under a set, each once: several mounts may share one. */
export function disksUnder(set: SetReadings | null): readonly BlockDevice[] {
  const disks = new Map<string, BlockDevice>();
  for (const { device } of set?.filesystems ?? []) if (device !== null) disks.set(device.name, device);
  return [...disks.values()];
}
