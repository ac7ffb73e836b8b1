import type { RawListing, RawPath } from '../../native/addon-types.ts';
import { inNaturalOrder, list } from '../listing.ts';
import { joinPath, textOf } from '../path-names.ts';
import { take } from '../walk.ts';
import { enterOnce, type Load } from './load.ts';
import { addModel, fileNames, kindFor } from './load-directory.ts';

type Step =
  | { readonly kind: 'enter'; readonly path: RawPath }
  | { readonly kind: 'take'; readonly path: RawPath; readonly entry: RawListing['entries'][number] };

/**
 * Adds what is below a directory, its models in load order: each directory that is a model is taken as a server reads it,
 * every other one as a whole, names in natural order.
 */
export async function loadTree(root: string, load: Load): Promise<void> {
  const { found, search } = load;
  const pending: Step[] = [{ kind: 'enter', path: root }];
  for (let step = pending.pop(); step; step = pending.pop()) {
    search.signal?.throwIfAborted();
    const { path } = step;
    if (step.kind === 'take') {
      take(path, step.entry, found, { why: 'it lies below the directory' });
      continue;
    }
    const listed = await list(path, search);
    if ('error' in listed) {
      search.signal?.throwIfAborted();
      found.fail(path, listed.error);
      continue;
    }
    const { listing } = listed;
    if (!enterOnce(load, listing)) continue;
    const text = textOf(path);
    const kind = text === undefined ? undefined : kindFor(fileNames(listing), search);
    if (text !== undefined && kind) {
      if (path === root) found.journal?.is('model-directory', text);
      await addModel(text, listing, kind, load);
      continue;
    }
    for (const entry of inNaturalOrder(listing.entries).toReversed()) {
      const next = joinPath(path, entry.name);
      pending.push(
        entry.kind === 'directory' ? { kind: 'enter', path: next } : { kind: 'take', path: next, entry },
      );
    }
  }
}
