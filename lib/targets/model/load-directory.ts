import type { RawEntry, RawListing } from '../../native/addon-types.ts';
import { inNaturalOrder, listDirectory } from '../listing.ts';
import { DEFAULT_SERVER, loadOrder, type Placed } from '../order/load-order.ts';
import { type ModelKind, modelKind, readsSubdirectories } from '../order/model-kind.ts';
import { indexName } from '../order/weights.ts';
import { joinPath, nameOf, textOf } from '../path-names.ts';
import type { Search } from '../search.ts';
import { take } from '../walk.ts';
import type { TargetFailure } from '../warm-set.ts';
import { enterOnce, type Load } from './load.ts';
import { readIndex } from './read-index.ts';

/** Names of a listing that may be files, links to nothing among them: they are missing files of the model. */
export function fileNames({ entries }: RawListing): readonly string[] {
  return entries.filter(({ kind }) => kind !== 'directory').map(({ name }) => nameOf(name).path);
}

/** What a server would take the directory for. GGUF goes first where llama.cpp or Ollama will read it. */
export function kindFor(names: readonly string[], { server }: Pick<Search, 'server'>): ModelKind | undefined {
  const kind = modelKind(names);
  const readsGguf = server === 'llama.cpp' || server === 'ollama';
  return kind === 'checkpoint' && readsGguf && names.some((name) => /\.gguf$/i.test(name)) ? 'gguf' : kind;
}

/** Adds a model's directory as a server reads it, what the server doesn't read left out. */
export async function addModel(
  directory: string,
  listing: RawListing,
  kind: ModelKind,
  load: Load,
): Promise<void> {
  const { found, search } = load;
  const names = fileNames(listing);
  const indexed = kind === 'checkpoint' ? await readIndexed(directory, names, load) : undefined;
  const order = loadOrder(names, { kind, server: search.server, indexed });
  for (const note of order.notes) found.journal?.note(note);
  const entries = new Map(listing.entries.map((entry) => [nameOf(entry.name).path, entry]));
  const dangling: string[] = [];
  for (const placed of order.placed) {
    const entry = entries.get(placed.name);
    if (entry?.kind === 'dangling' && load.onDangling) dangling.push(placed.name);
    else if (entry) takeAs(directory, entry, placed, load);
  }
  if (dangling.length > 0) load.onDangling?.(dangling);
  for (const { name, why } of order.leftOut) {
    found.journal?.leftOut({ path: `${directory}/${name}`, size: entries.get(name)?.size ?? null, why });
  }
  if (order.missing.length > 0) found.failWith(missingFiles(directory, order.missing));
  await addSubdirectories(directory, listing, kind, load);
}

function takeAs(directory: string, entry: RawEntry, { role, why }: Placed, { found }: Load): void {
  take(joinPath(directory, entry.name), entry, found, { role, why });
}

async function readIndexed(
  directory: string,
  names: readonly string[],
  { found, search }: Load,
): Promise<ReadonlySet<string> | undefined> {
  const name = indexName(names, search.server ?? DEFAULT_SERVER);
  if (name === undefined) return undefined;
  const path = `${directory}/${name}`;
  try {
    return await readIndex(path, search);
  } catch (error) {
    search.signal?.throwIfAborted();
    found.fail(path, error);
    return undefined;
  }
}

/** Files of a model that nobody has. */
export function missingFiles(path: string, missing: readonly string[]): TargetFailure {
  const shown = missing.slice(0, 3).join(', ');
  const more = missing.length > 3 ? ' and more' : '';
  return {
    path,
    code: 'WARMSET_BAD_MODEL',
    message: `${path} belongs to a model that isn't whole: ${shown}${more} ${missing.length > 1 ? 'are' : 'is'} missing.`,
    remedy: 'Finish the download; what is there was taken.',
  };
}

/** Parts of a pipeline, each in its directory; nothing else below a model is read by a server. */
async function addSubdirectories(
  directory: string,
  listing: RawListing,
  kind: ModelKind,
  load: Load,
): Promise<void> {
  const { found, search } = load;
  const wanted = kind === 'tensorrt-llm-engine' || readsSubdirectories(fileNames(listing));
  for (const entry of inNaturalOrder(listing.entries.filter((one) => one.kind === 'directory'))) {
    search.signal?.throwIfAborted();
    const shown = nameOf(joinPath(directory, entry.name)).path;
    const path = textOf(joinPath(directory, entry.name));
    if (!wanted || path === undefined || nameOf(entry.name).path.startsWith('.')) {
      found.journal?.leftOut({ path: shown, size: null, why: 'no server looks into it' });
      continue;
    }
    try {
      const inner = await listDirectory(path, search);
      if (!enterOnce(load, inner)) continue;
      await addModel(path, inner, kindFor(fileNames(inner), search) ?? kind, load);
    } catch (error) {
      search.signal?.throwIfAborted();
      found.fail(path, error);
    }
  }
}
