import type { Collection } from '../collection.ts';
import { entriesIfThere, list, listDirectory } from '../listing.ts';
import { addModel, fileNames, kindFor } from '../model/load-directory.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { nameOf } from '../path-names.ts';
import type { Search } from '../search.ts';
import type { TargetFailure } from '../warm-set.ts';
import { hubPlaces, type Place } from './locations.ts';
import { directoryOf, type HubName, modelOf, parseHubName, refusal } from './name.ts';
import { findRevision } from './revision.ts';

/** Adds a model of the Hugging Face cache in load order. @param text what stands behind `hf:` */
export async function addHubModel(text: string, found: Collection, search: Search): Promise<void> {
  const name = parseHubName(text);
  if ('code' in name) return found.failWith(name);
  const repository = await findRepository(text, name, found, search);
  if (repository === undefined) return;
  const revision = await findRevision(repository, name.revision, search).catch((error: unknown) => {
    search.signal?.throwIfAborted();
    found.fail(repository, error);
    return undefined;
  });
  if (!revision) return;
  if ('problem' in revision) {
    const remedy = revision.remedy.replace('ORG/NAME', name.id);
    return found.failWith(refusal(text, `${repository}: ${revision.problem}`, remedy));
  }
  if (revision.note !== undefined) found.journal?.note(revision.note);
  const snapshot = `${repository}/snapshots/${revision.commit}`;
  found.journal?.is('hub', snapshot);
  found.journal?.revision(revision.commit);
  await addSnapshot(snapshot, repository, name, found, search);
}

async function addSnapshot(
  snapshot: string,
  repository: string,
  name: HubName,
  found: Collection,
  search: Search,
): Promise<void> {
  const dangling: string[] = [];
  try {
    const listing = await listDirectory(snapshot, search);
    const kind = kindFor(fileNames(listing), search) ?? 'checkpoint';
    const load = {
      found,
      search,
      entered: new Set<string>(),
      onDangling: (names: readonly string[]) => {
        for (const one of names) dangling.push(one);
      },
    };
    await addModel(snapshot, listing, kind, load);
  } catch (error) {
    search.signal?.throwIfAborted();
    found.fail(snapshot, error);
  }
  if (dangling.length > 0) {
    found.failWith(incomplete(snapshot, dangling, await countUnfinished(repository, search), name));
  }
}

/** The model's directory in the first cache that has it; a failure with what was looked at otherwise. */
async function findRepository(
  text: string,
  { id }: HubName,
  found: Collection,
  search: Search,
): Promise<string | undefined> {
  const places = hubPlaces(search);
  const directory = directoryOf(id);
  const known: string[] = [];
  let isDataset = false;
  let repository: string | undefined;
  for (const { path, from } of places) {
    const names = await directoryNames(path, search).catch((error: unknown) => {
      search.signal?.throwIfAborted();
      found.fail(path, error);
      return undefined;
    });
    if (!names) return undefined;
    const there = names.includes(directory);
    found.journal?.looked({ path: `${path}/${directory}`, from, there });
    if (there) repository ??= `${path}/${directory}`;
    for (const name of names) known.push(modelOf(name) ?? '');
    isDataset ||= names.includes(directory.replace('models--', 'datasets--'));
  }
  if (repository === undefined) found.failWith(notCached(text, id, places, known.filter(Boolean), isDataset));
  return repository;
}

async function directoryNames(path: string, search: Search): Promise<readonly string[]> {
  return (await entriesIfThere(path, search))
    .filter(({ kind }) => kind === 'directory')
    .map(({ name }) => nameOf(name).path);
}

function notCached(
  text: string,
  id: string,
  places: readonly Place[],
  known: readonly string[],
  isDataset: boolean,
): TargetFailure {
  if (isDataset) {
    const remedy = 'Name its directory in the cache to have its files as they are.';
    return refusal(text, `${id} is a data set in the cache, not a model`, remedy);
  }
  const looked = places.map(({ path, from }) => `${path} (${from})`).join(' and ');
  const remedy = `Download it (hf download ${id}), or set HF_HOME or HF_HUB_CACHE to the cache that has it.`;
  return refusal(text, `the model isn't in ${looked}`, didYouMean('hf:', nearest(id, known), remedy));
}

async function countUnfinished(repository: string, search: Search): Promise<number> {
  const listed = await list(`${repository}/blobs`, search);
  if ('error' in listed) return 0;
  return listed.listing.entries.filter(({ name }) => nameOf(name).path.endsWith('.incomplete')).length;
}

function incomplete(
  snapshot: string,
  names: readonly string[],
  unfinished: number,
  { id, revision }: HubName,
): TargetFailure {
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  const blobs =
    unfinished > 0 ? ` ${unfinished} of its blobs ${unfinished === 1 ? 'is' : 'are'} half downloaded.` : '';
  const which = revision === undefined ? '' : ` --revision ${revision}`;
  return {
    path: snapshot,
    code: 'WARMSET_BAD_MODEL',
    message: `${snapshot}: the download is incomplete: ${shown}${more} ${names.length > 1 ? 'lead' : 'leads'} to nothing.${blobs}`,
    remedy: `Finish it: hf download ${id}${which}; what is there was taken.`,
  };
}
