import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BlockDevice, readBlockDevice } from './block-device.ts';
import type { DeviceNumber } from './device-number.ts';
import { type HostOptions, hostPath, hostPathExists } from './host-file.ts';
import { findMountDevice } from './mount-device.ts';
import { findMount, type Mount, readMounts } from './mountinfo.ts';
import { overlayLayers } from './overlay-layers.ts';

// Overlays over overlays are real, and the kernel stops at two (FILESYSTEM_MAX_STACK_DEPTH).
const MAX_OVERLAYS = 2;

/**
 * The disk that a file's bytes come from: an anonymous device number (overlay, btrfs) says nothing of it, so its mount is
 * asked, and of an overlay the topmost layer that has the file. `null`: no disk, not told, or a layer that can't be seen
 * from here, as in a container.
 */
export async function findFileDisk(
  path: string,
  { major, minor }: DeviceNumber,
  options: HostOptions = {},
): Promise<BlockDevice | null> {
  if (major !== 0) return readBlockDevice(major, minor, options);
  return beneath(path, await readMounts(options), options, 0);
}

async function beneath(
  path: string,
  mounts: readonly Mount[],
  options: HostOptions,
  overlays: number,
): Promise<BlockDevice | null> {
  const real = await realpath(hostPath(path, options)).catch(() => null);
  if (real === null) return null;
  const place = `/${relative(options.root ?? '/', real)}`;
  const mount = findMount(mounts, place);
  if (mount === null) return null;
  if (mount.fsType !== 'overlay') {
    const number = await findMountDevice(mount, options);
    return number === null ? null : readBlockDevice(number.major, number.minor, options);
  }
  if (overlays === MAX_OVERLAYS) return null;
  const within = join(mount.root, relative(mount.mountPoint, place));
  for (const { role, path: layer } of overlayLayers(mount.superOptions)) {
    const there = join(layer, within);
    // Container engines name layers relative to a directory of theirs.
    if (role !== 'work' && layer.startsWith('/') && (await hostPathExists(there, options)))
      return beneath(there, mounts, options, overlays + 1);
  }
  return null;
}
