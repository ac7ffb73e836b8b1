import type { RawPath } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { type InventoryEntry, takeInventory } from '../../native/storage.ts';
import { joinPath, nameOf } from '../../targets/path-names.ts';

/** One name below a directory; symbolic links are themselves. */
export interface TreeEntry extends InventoryEntry {
  /** As the system takes it. */
  readonly at: RawPath;
  /** Below where the walk began, as bytes where the name isn't UTF-8. */
  readonly below: RawPath;
  /** The same to show. */
  readonly path: string;
}

/** What a directory holds isn't asked of files: only what lies on the device is, and nobody wants that here. */
const NO_EXTENTS = Number.MAX_SAFE_INTEGER;

/**
 * Everything below a directory, names in order of their bytes, a directory before what it holds.
 *
 * @param options.enter whether to look into a directory; by default into all of the same filesystem
 * @throws SystemError for a directory that can't be read, unless `onUnreadable` takes it
 */
export async function* walkTree(
  root: string,
  options: JobOptions & { readonly onUnreadable?: (path: string, error: unknown) => void } = {},
): AsyncGenerator<TreeEntry> {
  const pending: (TreeEntry | { readonly at: RawPath; readonly below: null; readonly dev: null })[] = [
    { at: root, below: null, dev: null },
  ];
  let device: bigint | null = null;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.below !== null) {
      yield next;
      if (next.kind !== 'directory' || next.dev !== device) continue;
    }
    const { at, below } = next;
    options.signal?.throwIfAborted();
    try {
      const found = await takeInventory(at, NO_EXTENTS, options);
      device ??= found.dev;
      const names = found.entries.toSorted((a, b) => Buffer.compare(b.name, a.name));
      for (const entry of names) pending.push(toEntry(at, below, entry));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (options.onUnreadable === undefined) throw error;
      options.onUnreadable(nameOf(at).path, error);
    }
  }
}

function toEntry(at: RawPath, below: RawPath | null, entry: InventoryEntry): TreeEntry {
  const text = nameOf(entry.name);
  const name = text.rawPath ?? text.path;
  const place = below === null ? name : joinPath(below, name);
  return { ...entry, at: joinPath(at, name), below: place, path: nameOf(place).path };
}
