import type { Collection } from '../collection.ts';
import { isAbsent, lookUp } from '../listing.ts';
import type { Search } from '../search.ts';
import { walk } from '../walk.ts';
import { cachePlaces } from './locations.ts';

/** Adds every compile cache that there is. One that isn't there is none that was missed. */
export async function addCompileCaches(found: Collection, search: Search): Promise<void> {
  const seen = new Set<string>();
  found.journal?.is('compile-caches', '');
  for (const { path, from, what } of cachePlaces(search)) {
    search.signal?.throwIfAborted();
    try {
      const { kind } = await lookUp(path, search);
      const there = kind === 'directory';
      found.journal?.looked({ path, from: `${what}, ${from}`, there });
      if (!there || seen.has(path)) continue;
      seen.add(path);
      const as = { role: 'compile-cache', why: `cache of ${what}` } as const;
      await walk(path, found, undefined, search, { as });
    } catch (error) {
      search.signal?.throwIfAborted();
      found.journal?.looked({ path, from: `${what}, ${from}`, there: false });
      if (!isAbsent(error)) found.fail(path, error);
    }
  }
}
