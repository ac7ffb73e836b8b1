import type { Collection } from '../collection.ts';
import { parseSplit, partsOf } from '../order/gguf.ts';
import { ggufPlaced } from '../order/load-order.ts';
import type { Search } from '../search.ts';
import { take } from '../walk.ts';
import { flatCacheFiles } from './flat-layout.ts';
import { llamaFlatPlace } from './locations.ts';
import type { LlamaDownload } from './name.ts';
import { absentDownload, missingParts } from './not-here.ts';

/** Adds what `--model-url` downloads: a file of the address's last name in llama.cpp's own cache, with its other parts. */
export async function addDownload(
  text: string,
  { file }: LlamaDownload,
  found: Collection,
  search: Search,
): Promise<void> {
  const { path: directory, from } = llamaFlatPlace(search);
  const path = `${directory}/${file}`;
  const files = await flatCacheFiles(search).catch((error: unknown) => {
    search.signal?.throwIfAborted();
    found.fail(directory, error);
    return undefined;
  });
  if (files === undefined) return;
  const here = new Set([...files].flatMap(([name, { entry }]) => (entry.kind === 'dangling' ? [] : [name])));
  const split = parseSplit(file);
  const { names, missing } = split
    ? partsOf(split, here)
    : { names: here.has(file) ? [file] : [], missing: [] };
  found.journal?.looked({ path, from, there: names.length > 0 });
  if (names.length === 0) return found.failWith(absentDownload(text, path));
  found.journal?.is('llama', path);
  for (const { name, role, why } of ggufPlaced({ names, missing })) {
    const one = files.get(name);
    if (one !== undefined) take(one.path, one.entry, found, { role, why });
  }
  if (missing.length > 0) found.failWith(missingParts(text, missing, directory));
}
