import type { RawEntry } from '../../native/addon-types.ts';
import type { Collection } from '../collection.ts';
import { entriesIfThere } from '../listing.ts';
import { textOf } from '../path-names.ts';
import { parseJson, readSmall } from '../read-small.ts';
import type { Search } from '../search.ts';
import type { Cached, CachedFile } from './cached.ts';
import { llamaFlatPlace } from './locations.ts';
import { type LlamaManifest, parseManifest } from './manifest.ts';
import { flatName, flatPrefix, type LlamaRepository, manifestPrefix } from './name.ts';

/** Bytes; the largest that the hub answers with has a hundredth of it. */
const MOST_MANIFEST_BYTES = 2 ** 20;
const UNFINISHED = '.downloadInProgress';

/**
 * What llama.cpp's own cache has of a repository: files `ORG_REPO_PATH` without directories, and the hub's answers
 * `manifest=ORG=REPO=TAG.json` by which the server of those days chose; undefined for nothing.
 */
export async function findInFlatCache(
  name: LlamaRepository,
  found: Collection,
  search: Search,
): Promise<Cached | undefined> {
  const { path: directory, from } = llamaFlatPlace(search);
  try {
    const entries = byName(await entriesIfThere(directory, search));
    const prefix = flatPrefix(name);
    const files = new Map<string, CachedFile>();
    let unfinished = 0;
    for (const [file, entry] of entries) {
      if (!file.startsWith(prefix)) continue;
      if (file.endsWith(UNFINISHED)) unfinished += 1;
      else files.set(file.slice(prefix.length), { path: `${directory}/${file}`, entry });
    }
    const there = files.size > 0 || unfinished > 0;
    found.journal?.looked({ path: `${directory}/${prefix}*`, from, there });
    if (!there) return undefined;
    const manifest = await readManifest(directory, entries, name, found, search);
    return { at: directory, revision: undefined, files, manifest, unfinished, notes: [] };
  } catch (error) {
    search.signal?.throwIfAborted();
    found.fail(directory, error);
    return undefined;
  }
}

/** The manifest of the quantisation that is wanted, its names as the cache has them; one that is damaged is a failure. */
async function readManifest(
  directory: string,
  entries: ReadonlyMap<string, RawEntry>,
  name: LlamaRepository,
  found: Collection,
  search: Search,
): Promise<LlamaManifest | undefined> {
  if (name.file !== undefined) return undefined;
  const wanted = `${manifestPrefix(name)}${name.tag ?? 'latest'}.json`;
  const same = [...entries.keys()].filter((file) => file.toLowerCase() === wanted.toLowerCase());
  const [file = same[0]] = same.filter((one) => one === wanted);
  if (file === undefined) return undefined;
  const path = `${directory}/${file}`;
  try {
    const text = await readSmall(path, MOST_MANIFEST_BYTES, search);
    const { model, projector } = parseManifest(parseJson(text, path), path);
    return {
      model: flatName(model),
      projector: projector === undefined ? undefined : flatName(projector),
    };
  } catch (error) {
    search.signal?.throwIfAborted();
    found.fail(path, error);
    return undefined;
  }
}

/** Names that aren't UTF-8 are none of llama.cpp's. */
function byName(entries: readonly RawEntry[]): ReadonlyMap<string, RawEntry> {
  const named = new Map<string, RawEntry>();
  for (const entry of entries) {
    const name = textOf(entry.name);
    if (name !== undefined) named.set(name, entry);
  }
  return named;
}

/** What was downloaded from an address of its own, and what else lies beside it. */
export async function flatCacheFiles(search: Search): Promise<ReadonlyMap<string, CachedFile>> {
  const { path: directory } = llamaFlatPlace(search);
  const files = new Map<string, CachedFile>();
  for (const [name, entry] of byName(await entriesIfThere(directory, search))) {
    files.set(name, { path: `${directory}/${name}`, entry });
  }
  return files;
}
