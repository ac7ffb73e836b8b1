import type { RawEntry, RawPath } from '../../native/addon-types.ts';
import type { Collection } from '../collection.ts';
import { inNaturalOrder, list } from '../listing.ts';
import { joinPath, nameOf } from '../path-names.ts';
import type { Search } from '../search.ts';
import { moduleFile, sourceOf } from './module-files.ts';

interface Item {
  readonly path: RawPath;
  readonly entry: RawEntry;
}

/** What was found in the packages so far. */
export class Modules {
  readonly libraries: Item[] = [];
  /** Bytecode, and sources that have none. */
  readonly code: Item[] = [];
  readonly rest = { files: 0, bytes: 0 };
  readonly #entered = new Set<string>();
  readonly #tag: string | undefined;

  constructor(tag: string | undefined) {
    this.#tag = tag;
  }

  /** Gathers an entry of site-packages: a package with all below it, a module or a library. */
  async gather(site: string, entry: RawEntry, found: Collection, search: Search): Promise<void> {
    if (entry.kind !== 'directory') return this.#sort(site, [entry], new Set());
    const pending: RawPath[] = [joinPath(site, entry.name)];
    for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
      search.signal?.throwIfAborted();
      const listed = await list(directory, search);
      if ('error' in listed) {
        search.signal?.throwIfAborted();
        found.fail(directory, listed.error);
        continue;
      }
      const { dev, ino, entries } = listed.listing;
      if (this.#entered.has(`${dev}/${ino}`)) continue;
      this.#entered.add(`${dev}/${ino}`);
      const sorted = inNaturalOrder(entries);
      await this.#takeModules(directory, sorted, found, search);
      for (const below of sorted.toReversed()) {
        const name = nameOf(below.name).path;
        // The tests that packages bring along are imported by nobody.
        if (below.kind !== 'directory' || name === 'tests' || name === '__pycache__') continue;
        pending.push(joinPath(directory, below.name));
      }
    }
  }

  async #takeModules(
    directory: RawPath,
    entries: readonly RawEntry[],
    found: Collection,
    search: Search,
  ): Promise<void> {
    const hasBytecode = entries.some(({ name, kind }) => kind === 'directory' && name === '__pycache__');
    const cache = joinPath(directory, '__pycache__');
    const listed = hasBytecode ? await list(cache, search) : undefined;
    if (listed && 'error' in listed) {
      search.signal?.throwIfAborted();
      found.fail(cache, listed.error);
    }
    const compiled = listed && 'listing' in listed ? inNaturalOrder(listed.listing.entries) : [];
    const names = compiled
      .map(({ name }) => nameOf(name).path)
      .filter((name) => moduleFile(name, this.#tag) === 'bytecode');
    this.#sort(cache, compiled, new Set());
    this.#sort(directory, entries, new Set(names.map(sourceOf)));
  }

  #sort(directory: RawPath, entries: readonly RawEntry[], compiled: ReadonlySet<string>): void {
    for (const entry of entries) {
      const name = nameOf(entry.name).path;
      if (entry.kind === 'directory') continue;
      const path = joinPath(directory, entry.name);
      const kind = moduleFile(name, this.#tag);
      if (kind === 'library') this.libraries.push({ path, entry });
      else if (kind === 'bytecode' || (kind === 'source' && !compiled.has(name)))
        this.code.push({ path, entry });
      else {
        this.rest.files += 1;
        this.rest.bytes += entry.size;
      }
    }
  }
}
