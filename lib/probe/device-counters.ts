import { type DiskStats, findMountDevice, type HostOptions, readMounts, splitDevice } from '../host/index.ts';
import type { WarmFile } from '../targets/index.ts';

/** What the kernel counted for one device meanwhile: reads of everybody, averages only. */
export interface DeviceReads {
  /** Such as `nvme0n1p2`. */
  readonly name: string;
  readonly reads: number;
  readonly bytes: number;
  /** `null` without a read. */
  readonly averageMs: number | null;
}

/** Names as `/proc/diskstats` has them: `major:minor`. */
export type DeviceKey = string;

const SECTOR = 512;

/**
 * The block devices that hold these files. None for files without one (network, tmpfs), and of a filesystem of several
 * disks (btrfs) only the one that its mount names.
 */
export async function devicesOf(
  files: readonly Pick<WarmFile, 'dev'>[],
  options: HostOptions = {},
): Promise<readonly DeviceKey[]> {
  const keys = new Set<DeviceKey>();
  let mounts: Awaited<ReturnType<typeof readMounts>> | undefined;
  for (const dev of new Set(files.map((file) => file.dev))) {
    const { major, minor } = splitDevice(dev);
    if (major !== 0) {
      keys.add(`${major}:${minor}`);
      continue;
    }
    mounts ??= await readMounts(options);
    const mount = mounts.find((one) => one.major === major && one.minor === minor);
    const device = mount ? await findMountDevice(mount, options) : null;
    if (device) keys.add(`${device.major}:${device.minor}`);
  }
  return [...keys];
}

/** What these devices did between two looks. A device that came, went or was counted anew is left out. */
export function readsBetween(
  devices: readonly DeviceKey[],
  before: ReadonlyMap<string, DiskStats>,
  after: ReadonlyMap<string, DiskStats>,
): readonly DeviceReads[] {
  return devices.flatMap((key) => {
    const [then, now] = [before.get(key), after.get(key)];
    if (!then || !now || now.name !== then.name || now.readsCompleted < then.readsCompleted) return [];
    const reads = now.readsCompleted - then.readsCompleted;
    const ms = now.msReading - then.msReading;
    return {
      name: now.name,
      reads,
      bytes: Math.max(0, now.sectorsRead - then.sectorsRead) * SECTOR,
      averageMs: reads === 0 || ms < 0 ? null : ms / reads,
    };
  });
}
