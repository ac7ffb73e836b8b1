import type { RawListing } from '../../native/addon-types.ts';
import { formatCount } from '../../units.ts';
import type { Collection } from '../collection.ts';
import { envPath } from '../env-path.ts';
import type { Place } from '../hub/locations.ts';
import { entriesIfThere, isAbsent, lookUp } from '../listing.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { nameOf } from '../path-names.ts';
import { parseJson, readSmall } from '../read-small.ts';
import type { Search } from '../search.ts';
import { take } from '../walk.ts';
import { type Layer, manifestLayers } from './manifest.ts';
import { manifestPath, type OllamaName, parseOllamaName, showName } from './name.ts';

/** Bytes; one with a layer for every tensor has a tenth of it. */
const MOST_MANIFEST_BYTES = 4 * 2 ** 20;

/** Where Ollama keeps models: of the user who runs it, or of its own user where it is a service. Pure. */
export function ollamaPlaces(search: Pick<Search, 'env' | 'home' | 'cwd'>): readonly Place[] {
  const own = envPath('OLLAMA_MODELS', search);
  if (own) return [{ path: own, from: '$OLLAMA_MODELS' }];
  return [
    { path: `${search.home}/.ollama/models`, from: 'default' },
    { path: '/usr/share/ollama/.ollama/models', from: 'default of the service' },
  ];
}

/** Adds a model of Ollama's store in load order. @param text what stands behind `ollama:` */
export async function addOllamaModel(text: string, found: Collection, search: Search): Promise<void> {
  const name = parseOllamaName(text);
  if ('code' in name) return found.failWith(name);
  for (const place of ollamaPlaces(search)) {
    const path = `${place.path}/${manifestPath(name)}`;
    const layers = await readLayers(path, place, found, search);
    if (layers === 'absent') continue;
    if (layers === 'unusable') return;
    found.journal?.is('ollama', path);
    found.journal?.revision(showName(name));
    return addLayers(place.path, layers, name, found, search);
  }
  found.failWith(await notPulled(text, name, search));
}

async function readLayers(
  path: string,
  { from }: Place,
  found: Collection,
  search: Search,
): Promise<readonly Layer[] | 'absent' | 'unusable'> {
  try {
    const text = await readSmall(path, MOST_MANIFEST_BYTES, search);
    found.journal?.looked({ path, from, there: true });
    return manifestLayers(parseJson(text, path), path);
  } catch (error) {
    search.signal?.throwIfAborted();
    if (isAbsent(error)) {
      found.journal?.looked({ path, from, there: false });
      return 'absent';
    }
    found.fail(path, error);
    return 'unusable';
  }
}

async function addLayers(
  store: string,
  layers: readonly Layer[],
  name: OllamaName,
  found: Collection,
  search: Search,
): Promise<void> {
  const bad: string[] = [];
  for (const { blob, role, what, size } of layers) {
    const path = `${store}/blobs/${blob}`;
    try {
      const entry = await lookUp(path, search);
      if (size !== null && entry.kind === 'file' && entry.size !== size)
        bad.push(`${blob} (${what}) is cut off`);
      else take(path, entry, found, { role, why: what });
    } catch (error) {
      search.signal?.throwIfAborted();
      if (isAbsent(error)) bad.push(`${blob} (${what}) isn't there`);
      else found.fail(path, error);
    }
  }
  if (bad.length > 0) found.failWith(incomplete(bad, name));
}

function incomplete(bad: readonly string[], name: OllamaName) {
  const more = bad.length > 2 ? `, and ${formatCount(bad.length - 2)} more like that` : '';
  return {
    path: `ollama:${showName(name)}`,
    code: 'WARMSET_BAD_MODEL',
    message: `ollama:${showName(name)} is incomplete: ${bad.slice(0, 2).join(', ')}${more}.`,
    remedy: `Finish it: ollama pull ${showName(name)}; what is there was taken.`,
  };
}

async function notPulled(text: string, name: OllamaName, search: Search) {
  const places = ollamaPlaces(search);
  const known: string[] = [];
  for (const { path } of places) {
    // Only to help: what can't be listed is no name that could have been meant.
    for (const one of await pulledNames(path, name, search).catch(() => [])) known.push(one);
  }
  search.signal?.throwIfAborted();
  const wanted = showName(name);
  const looked = places.map(({ path, from }) => `${path} (${from})`).join(' and ');
  const remedy = `Pull it (ollama pull ${wanted}), or set OLLAMA_MODELS to the store that has it.`;
  return {
    path: `ollama:${text}`,
    code: 'WARMSET_BAD_TARGET',
    message: `ollama:${text}: no manifest of ${wanted} is in ${looked}.`,
    remedy: didYouMean(
      'ollama:',
      [...new Set([...nearest(wanted, known), ...nearest(wanted.replace(/:[^:]*$/, ':'), known)])].slice(
        0,
        3,
      ),
      remedy,
    ),
  };
}

/** Names with their tags in the namespace that was asked for. */
async function pulledNames(
  store: string,
  { host, namespace }: OllamaName,
  search: Search,
): Promise<readonly string[]> {
  const directory = `${store}/manifests/${host}/${namespace}`;
  const names: string[] = [];
  for (const model of await namesOf(directory, 'directory', search)) {
    for (const tag of await namesOf(`${directory}/${model}`, 'file', search)) {
      names.push(showName({ host, namespace, model, tag }));
    }
  }
  return names;
}

async function namesOf(
  directory: string,
  wanted: RawListing['entries'][number]['kind'],
  search: Search,
): Promise<readonly string[]> {
  const entries = await entriesIfThere(directory, search);
  return entries.filter(({ kind }) => kind === wanted).map(({ name }) => nameOf(name).path);
}
