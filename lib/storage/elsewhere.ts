import { readdir, readFile, readlink } from 'node:fs/promises';
import { findMount, type Mount, overlayLayers, parseMountinfo, readMounts } from '../host/index.ts';

/** A process of another mount namespace (a container, most often) that sees a place by a mount of its own. */
export interface SeenElsewhere {
  readonly pid: number;
  /** At most 15 bytes; empty when it ended meanwhile. */
  readonly command: string;
  /** The mount point, as that process names it. */
  readonly at: string;
}

interface Namespace {
  readonly pid: number;
  readonly mounts: readonly Mount[];
}

/**
 * Who has this directory, or one below it, mounted in another mount namespace. Such a process uses the place under
 * another name, so that looking for the path among open files doesn't find it.
 *
 * A copy at the same mount point isn't told: services with a namespace of their own have one of every mount, and it goes
 * with the original.
 */
export async function findMountedElsewhere(path: string): Promise<readonly SeenElsewhere[]> {
  const mount = findMount(await readMounts(), path);
  if (mount === null) return [];
  const rest = path === mount.mountPoint ? '' : path.slice(mount.mountPoint.replace(/\/$/, '').length);
  const place = `${mount.root === '/' ? '' : mount.root}${rest}` || '/';
  return tell(await otherNamespaces(), (one) => {
    if (one.major !== mount.major || one.minor !== mount.minor || one.mountPoint === path) return false;
    if (one.root === '/' && place === '/') return one.mountPoint !== mount.mountPoint;
    return one.root === place || one.root.startsWith(`${place}/`);
  });
}

/** Who sees an overlay with this upper layer: in any namespace, the caller's included. */
export async function findOverlaysOf(upper: string): Promise<readonly SeenElsewhere[]> {
  const own = { pid: process.pid, mounts: await readMounts() };
  return tell([own, ...(await otherNamespaces())], ({ fsType, superOptions }) => {
    if (fsType !== 'overlay') return false;
    return overlayLayers(superOptions).some((layer) => layer.role === 'upper' && layer.path === upper);
  });
}

export function elsewhereInWords(seen: readonly SeenElsewhere[]): string {
  const named = seen
    .slice(0, 5)
    .map(({ pid, command, at }) => `${command || 'a process'} (pid ${pid}, at ${at})`);
  if (seen.length > named.length) named.push(`${seen.length - named.length} more`);
  return named.join(', ');
}

async function tell(
  namespaces: readonly Namespace[],
  isMeant: (mount: Mount) => boolean,
): Promise<readonly SeenElsewhere[]> {
  const seen: SeenElsewhere[] = [];
  for (const { pid, mounts } of namespaces) {
    const found = mounts.find(isMeant);
    if (found === undefined) continue;
    const command = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trimEnd();
    seen.push({ pid, command, at: found.mountPoint });
  }
  return seen;
}

/** One process of each other mount namespace that may be asked. */
async function otherNamespaces(): Promise<readonly Namespace[]> {
  const known = new Set([await namespaceOf('self')]);
  const found: Namespace[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const id = await namespaceOf(name);
    if (id === null || known.has(id)) continue;
    known.add(id);
    const text = await readFile(`/proc/${name}/mountinfo`, 'utf8').catch(() => '');
    found.push({ pid: Number(name), mounts: parseMountinfo(text) });
  }
  return found;
}

async function namespaceOf(pid: string): Promise<string | null> {
  return readlink(`/proc/${pid}/ns/mnt`).catch(() => null);
}
