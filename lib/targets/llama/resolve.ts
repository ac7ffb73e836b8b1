import type { Collection } from '../collection.ts';
import { ggufPlaced } from '../order/load-order.ts';
import type { Search } from '../search.ts';
import { take } from '../walk.ts';
import type { Cached, CachedFile } from './cached.ts';
import { type Choice, choose } from './choose.ts';
import { addDownload } from './download.ts';
import { findInFlatCache } from './flat-layout.ts';
import { findInHub } from './hub-layout.ts';
import { flatName, type LlamaRepository, parseLlamaName } from './name.ts';
import { notDownloaded, notWhole } from './not-here.ts';

/** A repository that holds one is a list of models: the server reads it and loads them when they are asked for. */
const PRESET = 'preset.ini';

/** Adds what llama.cpp's server loads of a repository, in load order. @param text what stands behind `llama:` */
export async function addLlamaModel(text: string, found: Collection, search: Search): Promise<void> {
  const name = parseLlamaName(text);
  if ('code' in name) return found.failWith(name);
  if (name.kind === 'download') return addDownload(text, name, found, search);
  const all: Cached[] = [];
  // The newer cache first: a server that knows it moves over what the older one has.
  for (const find of [findInHub, findInFlatCache]) {
    const cached = await find(name, found, search);
    if (cached === undefined) continue;
    all.push(cached);
    const preset = cached.files.get(PRESET);
    if (preset !== undefined && cached.revision !== undefined) return addPreset(preset, cached, found);
    const choice = chooseCached(cached, name);
    if (choice !== undefined) return addChoice(text, cached, choice, found);
  }
  found.failWith(notDownloaded(text, name, all, search));
}

/** Where the hub's answer is kept, it says what the server takes; otherwise names do. */
function chooseCached({ files, manifest, revision }: Cached, name: LlamaRepository): Choice | undefined {
  const paths = [...files.keys()];
  const file = name.file !== undefined && revision === undefined ? flatName(name.file) : name.file;
  if (manifest === undefined || name.draft) return choose(paths, { ...name, file });
  const choice = choose(paths, { ...name, file: manifest.model });
  if (choice === undefined) return undefined;
  return { ...choice, projector: name.projector ? manifest.projector : undefined };
}

function addPreset({ path, entry }: CachedFile, cached: Cached, found: Collection): void {
  tell(cached, found);
  found.journal?.note('it is a list of models: the server loads one when it is asked for it');
  take(path, entry, found, { role: 'config', why: 'the list of models' });
}

function tell({ at, revision, notes }: Cached, { journal }: Collection): void {
  journal?.is('llama', at);
  if (revision !== undefined) journal?.revision(revision);
  for (const note of notes) journal?.note(note);
}

function addChoice(
  text: string,
  cached: Cached,
  { model, projector, heads, note }: Choice,
  found: Collection,
): void {
  tell(cached, found);
  if (note !== undefined) found.journal?.note(note);
  const wanted = [
    ...ggufPlaced(model),
    ...(projector === undefined ? [] : [{ name: projector, role: 'adapter', why: 'the projector' } as const]),
    ...heads.map((head) => ({ name: head, role: 'adapter', why: 'drafts tokens for the model' }) as const),
  ];
  const missing = [...model.missing];
  for (const { name: path, role, why } of wanted) {
    const file = cached.files.get(path);
    if (file === undefined || file.entry.kind === 'dangling') missing.push(path);
    else take(file.path, file.entry, found, { role, why });
  }
  leaveOut(cached, new Set(wanted.map((one) => one.name)), found);
  if (missing.length > 0) found.failWith(notWhole(text, missing, cached));
}

/** The other models of the repository, for whoever asks. */
function leaveOut({ files }: Cached, chosen: ReadonlySet<string>, { journal }: Collection): void {
  for (const [path, file] of files) {
    if (chosen.has(path) || !path.endsWith('.gguf')) continue;
    journal?.leftOut({ path: file.path, size: file.entry.size, why: 'of the repository, and not loaded' });
  }
}
