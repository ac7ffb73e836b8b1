import { WarmsetError } from '../../errors.ts';
import type { Collection } from '../collection.ts';
import { directoryOf } from '../hub/name.ts';
import { findRevision } from '../hub/revision.ts';
import { entriesIfThere, list, listDirectory } from '../listing.ts';
import { nameOf, textOf } from '../path-names.ts';
import type { Search } from '../search.ts';
import type { Cached, CachedFile } from './cached.ts';
import { llamaHubPlace } from './locations.ts';
import { type LlamaRepository, repositoryId } from './name.ts';

// A repository with a file for each of some hundred quantisations has a thousand.
const MOST_FILES = 65_536;

/** What the hub's cache has of a repository, in the snapshot that llama.cpp reads; undefined for nothing. */
export async function findInHub(
  name: LlamaRepository,
  found: Collection,
  search: Search,
): Promise<Cached | undefined> {
  const { path, from } = llamaHubPlace(search);
  const repository = `${path}/${directoryOf(repositoryId(name))}`;
  try {
    const snapshots = await entriesIfThere(`${repository}/snapshots`, search);
    const there = snapshots.length > 0;
    found.journal?.looked({ path: repository, from, there });
    const unfinished = await countUnfinished(repository, search);
    const nothing = {
      at: repository,
      revision: undefined,
      files: new Map(),
      manifest: undefined,
      unfinished,
    };
    if (!there) return unfinished > 0 ? { ...nothing, notes: [] } : undefined;
    const revision = await findRevision(repository, undefined, search);
    if ('problem' in revision) return { ...nothing, notes: [`${repository}: ${revision.problem}`] };
    const snapshot = `${repository}/snapshots/${revision.commit}`;
    return {
      at: snapshot,
      revision: revision.commit,
      files: await listSnapshot(snapshot, search),
      manifest: undefined,
      unfinished,
      notes: revision.note === undefined ? [] : [revision.note],
    };
  } catch (error) {
    search.signal?.throwIfAborted();
    found.fail(repository, error);
    return undefined;
  }
}

/** Its files by their paths in it. Links are followed, and no directory is entered twice: circles end there. */
async function listSnapshot(root: string, search: Search): Promise<ReadonlyMap<string, CachedFile>> {
  const files = new Map<string, CachedFile>();
  const entered = new Set<string>();
  const pending = [''];
  for (let prefix = pending.pop(); prefix !== undefined; prefix = pending.pop()) {
    search.signal?.throwIfAborted();
    const { dev, ino, entries } = await listDirectory(`${root}/${prefix}`, search);
    const key = `${dev}/${ino}`;
    if (entered.has(key)) continue;
    entered.add(key);
    for (const entry of entries) {
      const name = textOf(entry.name);
      if (name === undefined) continue;
      const path = `${prefix}${name}`;
      if (entry.kind === 'directory') pending.push(`${path}/`);
      else files.set(path, { path: `${root}/${path}`, entry });
    }
    if (files.size + pending.length > MOST_FILES) throw tooMany(root);
  }
  return files;
}

function tooMany(root: string): WarmsetError {
  return new WarmsetError('WARMSET_BAD_MODEL', `${root} has more than ${MOST_FILES} files.`, {
    subject: root,
    remedy: 'No repository has so many: download the model again.',
  });
}

/** Of llama.cpp and of the hub's own library. */
async function countUnfinished(repository: string, search: Search): Promise<number> {
  const listed = await list(`${repository}/blobs`, search);
  if ('error' in listed) return 0;
  const { entries } = listed.listing;
  return entries.filter(({ name }) => /\.(downloadInProgress|incomplete)$/.test(nameOf(name).path)).length;
}
