import { realpath } from 'node:fs/promises';
import { findMount, type HostOptions, kindOf, type Mount, readMounts } from '../../host/index.ts';

/**
 * Names filesystems so that files of several nodes can be told apart: by node and device number, and what a server exports
 * by the server's own name for it, because every node that mounts it sees the same files.
 */
export class StorageNames {
  readonly #node: string;
  readonly #mounts: readonly Mount[];
  readonly #known = new Map<bigint, string>();

  constructor(node: string, mounts: readonly Mount[]) {
    this.#node = node;
    this.#mounts = mounts;
  }

  static async read(node: string, options: HostOptions = {}): Promise<StorageNames> {
    return new StorageNames(node, await readMounts(options));
  }

  /** @param path of a file with this device number */
  async nameOf(dev: bigint, path: string): Promise<string> {
    const known = this.#known.get(dev);
    if (known !== undefined) return known;
    const mount = findMount(this.#mounts, await realpath(path).catch(() => path));
    const name = serverName(mount) ?? `${this.#node} ${dev}`;
    this.#known.set(dev, name);
    return name;
  }
}

/** `SERVER:/EXPORT` or `//SERVER/SHARE`; a FUSE daemon's source is any word. Pure. */
export function serverName(mount: Pick<Mount, 'fsType' | 'source'> | null): string | null {
  if (mount === null || mount.fsType.startsWith('fuse')) return null;
  if (kindOf({ name: mount.fsType }) !== 'remote') return null;
  return /^\/\/[^/]+\/|^[^/]+:\//.test(mount.source) ? `${mount.fsType} ${mount.source}` : null;
}
