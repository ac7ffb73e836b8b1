import { resolve } from 'node:path';
import picomatch from 'picomatch';
import type { Collection } from './collection.ts';
import type { Search } from './search.ts';
import { walk } from './walk.ts';

/** Adds what matches a pattern. */
export async function addGlob(pattern: string, found: Collection, search: Search): Promise<void> {
  const { base, glob, negated } = picomatch.scan(pattern);
  if (negated) {
    found.failWith({
      path: pattern,
      code: 'WARMSET_BAD_TARGET',
      message: 'A pattern that starts with `!` would mean everything but what it names.',
      remedy: 'Name what you want. A name that really starts with `!` is written `\\!`.',
    });
    return;
  }
  // What the user escaped in the part before the first wildcard stands for itself.
  const root = resolve(search.cwd, base.replace(/\\(.)/gs, '$1') || '.');
  found.journal?.is('glob', root);
  const segments = glob.split('/').length;
  const crosses = glob.includes('**');
  const before = found.matches;
  const selection = {
    // File names may hold newlines.
    matches: picomatch(glob, { dot: true, flags: 's' }),
    depth: crosses ? Number.POSITIVE_INFINITY : segments,
    // Behind `**` come a number of directory names and the last name; without it every name counts.
    memory: crosses ? Math.max(0, segments - 2) : segments,
  };
  await walk(root, found, selection, search);
  if (found.matches === before) {
    found.failWith({
      path: pattern,
      code: 'ENOENT',
      message: `Nothing below ${root} matches ${glob}.`,
      remedy:
        'Check the pattern; quote it so that the shell leaves it alone. `**` crosses directories, `*` does not.',
    });
  }
}
