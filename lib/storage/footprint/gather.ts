import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import { isSystemError } from '../../errors.ts';
import { filesystemName } from '../../host/index.ts';
import type { RawPath } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { readRange } from '../../native/read-range.ts';
import { type InventoryEntry, takeInventory } from '../../native/storage.ts';
import { toFileFailure } from '../../native/system-error.ts';
import { joinPath, nameOf } from '../../targets/path-names.ts';
import { classify } from './classify.ts';
import type { Readable } from './fingerprint.ts';
import { manifestBlobs, ollamaName } from './ollama-manifest.ts';
import type { StorageNames } from './storage-names.ts';
import type { InventoryFailure, InventoryFile, SmallFiles } from './types.ts';

/** A file of this machine: what is told of it, and what reads it. */
export interface LocalFile {
  record: InventoryFile;
  readonly readable: Readable;
}

export interface Gathered {
  readonly files: readonly LocalFile[];
  readonly small: readonly SmallFiles[];
  readonly failures: readonly InventoryFailure[];
}

export interface GatherOptions extends JobOptions {
  readonly node: string;
  readonly leastBytes: number;
  readonly storages: StorageNames;
}

// They have no bytes of their own, whatever sizes they tell.
const PSEUDO = new Set(
  'proc sysfs cgroup cgroup2 devpts debugfs tracefs bpf binfmt_misc mqueue nsfs'.split(' '),
);
// A manifest lists a dozen blobs; whatever is larger is none.
const MOST_MANIFEST_BYTES = 1 << 20;

/**
 * What takes up space below some directories. Symbolic links aren't followed: what they lead to lies elsewhere, and a
 * hub cache is full of them. Held in memory are the files from `leastBytes` on, one sum for each backend and model of the
 * rest, and the directories' identities.
 */
export async function gather(roots: readonly string[], options: GatherOptions): Promise<Gathered> {
  const walk = new Gathering(options);
  for (const root of roots) await walk.add(resolve(root));
  return walk.finish();
}

class Gathering {
  readonly #options: GatherOptions;
  readonly #directories = new Set<string>();
  /** Names of several links, by identity: a file that has one name needs no looking up. */
  readonly #linked = new Map<string, LocalFile | null>();
  readonly #files: LocalFile[] = [];
  readonly #small = new Map<string, SmallFiles>();
  readonly #failures: InventoryFailure[] = [];
  readonly #models = new Map<string, string>();

  constructor(options: GatherOptions) {
    this.#options = options;
  }

  async add(root: string): Promise<void> {
    const pending: RawPath[] = [root];
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      this.#options.signal?.throwIfAborted();
      for (const next of await this.#enter(root, path)) pending.push(next);
    }
  }

  finish(): Gathered {
    for (const file of this.#files) {
      const { hash, backend } = file.record;
      const model = backend === 'ollama' && hash ? this.#models.get(hash.hex) : undefined;
      if (model !== undefined) file.record = { ...file.record, model };
    }
    return { files: this.#files, small: [...this.#small.values()], failures: this.#failures };
  }

  /** Takes a directory's files and answers its directories, last name first. */
  async #enter(root: string, path: RawPath): Promise<readonly RawPath[]> {
    const { leastBytes } = this.#options;
    const found = await takeInventory(path, leastBytes, this.#options).catch((error: unknown) => {
      this.#options.signal?.throwIfAborted();
      if (!isSystemError(error)) throw error;
      this.#fail(path, error.code, error.message);
      return null;
    });
    if (found === null || PSEUDO.has(filesystemName(found.filesystem) ?? '')) return [];
    const identity = `${found.dev} ${found.ino}`;
    if (this.#directories.has(identity)) return [];
    this.#directories.add(identity);
    const directories: RawPath[] = [];
    for (const entry of found.entries.toSorted((a, b) => Buffer.compare(b.name, a.name))) {
      const place = joinPath(path, isUtf8(entry.name) ? entry.name.toString('utf8') : entry.name);
      if (entry.kind === 'directory') directories.push(place);
      else if (entry.kind === 'file') await this.#take(root, place, entry);
      else if (entry.error) {
        const { code, message } = toFileFailure(entry.error);
        this.#fail(place, code, message);
      }
    }
    return directories;
  }

  async #take(root: string, path: RawPath, entry: InventoryEntry): Promise<void> {
    const identity = `${entry.dev} ${entry.ino}`;
    if (entry.links > 1) {
      const known = this.#linked.get(identity);
      if (known) known.record = { ...known.record, names: known.record.names + 1 };
      if (known !== undefined) return;
      this.#linked.set(identity, null);
    }
    if (entry.size < this.#options.leastBytes) return this.#addSmall(root, path, entry);
    const file = await this.#toFile(path, entry);
    this.#files.push(file);
    if (entry.links > 1) this.#linked.set(identity, file);
  }

  async #toFile(path: RawPath, entry: InventoryEntry): Promise<LocalFile> {
    const { dev, ino, size, allocated, modifiedNs, shared } = entry;
    const { path: shown, rawPath } = nameOf(path);
    const { node, storages } = this.#options;
    return {
      readable: { path, dev, ino, size },
      record: {
        node,
        storage: await storages.nameOf(dev, shown),
        ino: ino.toString(),
        path: shown,
        ...(rawPath ? { pathBytes: rawPath.toString('base64') } : {}),
        names: 1,
        ...{ size, allocated },
        modifiedNs: modifiedNs.toString(),
        ...classify(shown),
        sample: null,
        shared: shared === null ? null : shared.map(({ offset, length }) => [offset, length] as const),
      },
    };
  }

  async #addSmall(root: string, path: RawPath, entry: InventoryEntry): Promise<void> {
    const shown = nameOf(path).path;
    await this.#learnNames(path, shown, entry.size);
    const { backend, model } = classify(shown);
    const key = JSON.stringify([root, backend, model]);
    const sum = this.#small.get(key);
    this.#small.set(key, {
      ...{ node: this.#options.node, root, backend, model },
      files: (sum?.files ?? 0) + 1,
      apparentBytes: (sum?.apparentBytes ?? 0) + Math.max(entry.size, entry.allocated),
      onDiskBytes: (sum?.onDiskBytes ?? 0) + entry.allocated,
    });
  }

  /** A manifest of Ollama's says what its blobs are called. One that can't be read only leaves them without a name. */
  async #learnNames(path: RawPath, shown: string, size: number): Promise<void> {
    const name = size > MOST_MANIFEST_BYTES ? null : ollamaName(shown);
    if (name === null) return;
    const bytes = await readRange(path, { length: size, signal: this.#options.signal }).catch(() => null);
    for (const hex of manifestBlobs(bytes?.toString('utf8') ?? '')) {
      const other = this.#models.get(hex);
      // A blob of several models goes by the first of their names, whatever order they were found in.
      if (other === undefined || name < other) this.#models.set(hex, name);
    }
  }

  #fail(path: RawPath, code: string, message: string): void {
    this.#failures.push({ node: this.#options.node, path: nameOf(path).path, code, message });
  }
}
