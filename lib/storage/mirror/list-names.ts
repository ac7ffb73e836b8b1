import { posix } from 'node:path';
import type { JobOptions } from '../../native/job.ts';
import { type BytePath, insideOf } from './byte-path.ts';
import { Found } from './scan.ts';
import type { SourceTree } from './types.ts';

/** Just these names below a root, with the directories above them, and what links among them lead to. */
export async function listNames(
  root: BytePath,
  paths: readonly BytePath[],
  options: JobOptions,
): Promise<SourceTree> {
  const found = new Found(root, options);
  const known = new Set<BytePath>();
  const pending = paths.map((path) => posix.relative(root, path));
  for (let relative = pending.pop(); relative !== undefined; relative = pending.pop()) {
    options.signal?.throwIfAborted();
    for (const name of [...parentsOf(relative), relative]) {
      if (known.has(name)) continue;
      known.add(name);
      await found.add(name, posix.join(root, name));
    }
    const entry = found.last(relative);
    const inside = entry?.kind === 'link' ? insideOf(root, relative, entry.leadsTo) : null;
    if (inside !== null && !known.has(inside)) pending.push(inside);
  }
  return found.tree();
}

function parentsOf(relative: BytePath): readonly BytePath[] {
  const names = relative.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}
