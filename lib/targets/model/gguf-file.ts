import { basename, dirname } from 'node:path';
import type { RawEntry } from '../../native/addon-types.ts';
import { list } from '../listing.ts';
import { isSideFile, parseSplit, partsOf } from '../order/gguf.ts';
import { ggufPlaced } from '../order/load-order.ts';
import { joinPath, nameOf } from '../path-names.ts';
import { take } from '../walk.ts';
import type { Load } from './load.ts';
import { missingFiles } from './load-directory.ts';

/**
 * Adds a GGUF model by the name of one of its files: all of its parts in order. Files beside it (projectors) are left out,
 * because llama.cpp loads them only when they are named, too.
 */
export async function addGguf(path: string, entry: RawEntry, load: Load): Promise<void> {
  const { found, search } = load;
  const { journal } = found;
  const name = basename(path);
  const split = parseSplit(name);
  journal?.is('gguf', path);
  const directory = dirname(path);
  // Nobody asks what lies beside a whole file, but who wants to know what was left out.
  const listed = split || journal ? await list(directory, search) : undefined;
  const entries = new Map<string, RawEntry>();
  if (listed && 'listing' in listed) {
    for (const other of listed.listing.entries) entries.set(nameOf(other.name).path, other);
  } else if (listed && split) {
    search.signal?.throwIfAborted();
    found.fail(directory, listed.error);
  }
  entries.set(name, entry);
  const files = new Set([...entries].filter(([, { kind }]) => kind === 'file').map(([file]) => file));
  const model = split ? partsOf(split, files) : { names: [name], missing: [] };
  for (const { name: part, role, why } of ggufPlaced(model)) {
    const taken = entries.get(part);
    if (taken) take(joinPath(directory, part), taken, found, { role, why });
  }
  if (model.missing.length > 0) found.failWith(missingFiles(path, model.missing));
  if (isSideFile(name)) return;
  for (const [other, { size }] of entries) {
    const why = 'beside the model, and loaded only where a server is told of it: name it, too';
    if (isSideFile(other)) journal?.leftOut({ path: joinPath(directory, other).toString(), size, why });
  }
}
