import { realpath } from 'node:fs/promises';
import { isSystemError } from '../../errors.ts';
import { type HostOptions, hostPath } from '../../host/host-file.ts';
import {
  filesystemName,
  findMount,
  findMountDevice,
  type KernelRelease,
  kindOf,
  type Mount,
  overlayLayers,
  readMountReadAhead,
} from '../../host/index.ts';
import type { JobOptions } from '../../native/job.ts';
import { type FilesystemFacts, lookAtFilesystem } from '../../native/storage.ts';
import { largeFolios, reflinks } from './abilities.ts';
import { readDevice } from './device.ts';
import { mountPart } from './mount-part.ts';
import type { Place, PlaceRole, Space } from './types.ts';

export interface PlaceContext extends HostOptions, JobOptions {
  readonly mounts: readonly Mount[];
  readonly kernel: KernelRelease | null;
}

// An overlay over an overlay over a loop device over an overlay is real; one that is its own layer must still end.
const MOST_LEVELS = 8;

/** Follows a path down to the hardware. Never rejects but for an aborted signal: what can't be followed says why. */
export async function followPlace(
  path: string,
  role: PlaceRole,
  context: PlaceContext,
  level = 0,
): Promise<Place> {
  context.signal?.throwIfAborted();
  const hidden = (why: string): Place => ({ state: 'hidden', role, path, why });
  if (!path.startsWith('/')) return hidden('the path is relative to wherever the mount was made');
  if (level > MOST_LEVELS) return hidden(`it lies under more than ${MOST_LEVELS} layers`);
  if (path.endsWith(' (deleted)')) return hidden('the file has no name any more');
  const realPath = await resolvePath(path, context);
  if (typeof realPath !== 'string')
    return hidden(`${realPath.code}: nothing there that can be seen from here`);
  const mount = findMount(context.mounts, realPath);
  if (mount === null) return hidden('no mount in /proc/self/mountinfo holds it');
  const follow = (next: string, as: PlaceRole): Promise<Place> => followPlace(next, as, context, level + 1);
  const [facts, number, readAhead, layers] = await Promise.all([
    askFilesystem(realPath, context),
    findMountDevice(mount, context),
    readMountReadAhead(mount, context),
    mount.fsType === 'overlay'
      ? Promise.all(overlayLayers(mount.superOptions).map((layer) => follow(layer.path, layer.role)))
      : [],
  ]);
  const device =
    number === null
      ? null
      : await readDevice(number, { ...context, follow: (file) => follow(file, 'backing file') });
  const name = filesystemOf(mount, facts);
  return {
    state: 'known',
    ...{ role, path, realPath },
    mount: {
      point: mount.mountPoint,
      source: mount.source,
      options: mount.options,
      superOptions: mount.superOptions,
      device: `${mount.major}:${mount.minor}`,
    },
    part: mountPart(mount, context.mounts),
    filesystem: {
      name,
      kind: kindOf({ name }),
      largeFolios: largeFolios(name, context.kernel),
      reflinks: reflinks(name, facts?.reflinks ?? null),
    },
    space: facts === null ? null : toSpace(facts),
    ...{ readAhead, layers, device },
  };
}

async function resolvePath(path: string, options: HostOptions): Promise<string | { readonly code: string }> {
  const root = hostPath('/', options).replace(/\/$/, '');
  try {
    const found = await realpath(hostPath(path, options));
    return found.startsWith(`${root}/`) || root === '' ? found.slice(root.length) || '/' : path;
  } catch (error) {
    return { code: isSystemError(error) ? error.code : 'unknown' };
  }
}

async function askFilesystem(path: string, context: PlaceContext): Promise<FilesystemFacts | null> {
  try {
    return await lookAtFilesystem(hostPath(path, context), context);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (isSystemError(error)) return null;
    throw error;
  }
}

/** The mount's own word, which tells ext3 from ext4 and one FUSE filesystem from another. */
function filesystemOf(mount: Mount, facts: FilesystemFacts | null): string {
  return mount.fsType || (facts === null ? null : filesystemName(facts.magic)) || 'unknown';
}

function toSpace({ total, free, available, inodes, freeInodes }: FilesystemFacts): Space | null {
  // proc and its like have no bytes at all.
  if (total === 0) return null;
  return {
    totalBytes: total,
    freeBytes: free,
    availableBytes: available,
    inodes: inodes === 0 ? null : inodes,
    freeInodes: inodes === 0 ? null : freeInodes,
  };
}
