import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawPath } from '../../native/addon-types.ts';
import type { JobOptions } from '../../native/job.ts';
import { exists } from '../tree/exists.ts';
import { readOverlayMarks } from '../tree/overlay-marks.ts';
import { walkTree } from '../tree/walk-tree.ts';

/**
 * - `own`: only this node has it; `hides`: it hides another of the base, and was there before the overlay.
 * - `copied-up`: the base's, as it was changed here.
 * - `whiteout`: the base's, deleted here; `opaque`: a directory that hides all the base has in its place.
 * - `metacopy`, `redirect`: the data, or the directory, lies in the base: this overlay makes none of them.
 */
export type LayerChange = 'own' | 'hides' | 'copied-up' | 'whiteout' | 'opaque' | 'metacopy' | 'redirect';

export interface LayerEntry {
  readonly path: string;
  readonly change: LayerChange;
  /** Of a file; 0 of what has none. */
  readonly bytes: number;
}

/** Everything in an upper layer that isn't just a directory on the way to something, in order of paths. */
export async function readLayer(
  upper: string,
  lower: string,
  options: JobOptions = {},
): Promise<readonly LayerEntry[]> {
  const marks = await readOverlayMarks(upper, options);
  const marked = new Map<string, LayerChange>([
    ...marks.origins.map((path) => [path, 'copied-up'] as const),
    ...marks.opaque.map((path) => [path, 'opaque'] as const),
    ...marks.redirects.map((path) => [path, 'redirect'] as const),
    ...marks.metacopies.map((path) => [path, 'metacopy'] as const),
    ...marks.whiteouts.map(({ path }) => [path, 'whiteout'] as const),
  ]);
  const entries: LayerEntry[] = [];
  for await (const { path, at, kind, size } of walkTree(upper, options)) {
    const mark = marked.get(path);
    if (kind === 'directory') {
      if (mark === 'opaque' || mark === 'redirect') entries.push({ path, change: mark, bytes: 0 });
      continue;
    }
    const bytes = kind === 'file' ? size : 0;
    if (mark !== undefined) entries.push({ path, change: mark, bytes });
    else if (!(await exists(join(lower, path)))) entries.push({ path, change: 'own', bytes });
    // A link that leads where the base's does hides nothing.
    else if (!(await sameLink(at, join(lower, path)))) entries.push({ path, change: 'hides', bytes });
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function sameLink(a: RawPath, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => readlink(path).catch(() => null)));
  return first !== null && first === second;
}
