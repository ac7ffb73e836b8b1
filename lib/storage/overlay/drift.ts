import { open } from 'node:fs/promises';
import type { JobOptions } from '../../native/job.ts';
import { walkTree } from '../tree/walk-tree.ts';

/** A name of the lower layer that isn't what it was when it was laid under. */
export interface Drift {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
}

/**
 * Compares a lower layer with the list of what it held: kinds, sizes and times of modification. Directories count only
 * by their being there, because their times change with every name in them.
 *
 * @returns `null` where there is no list
 */
export async function readDrift(
  lower: string,
  list: string,
  options: JobOptions = {},
): Promise<readonly Drift[] | null> {
  const before = await readList(list);
  if (before === null) return null;
  const drift: Drift[] = [];
  for await (const { path, kind, size, modifiedNs } of walkTree(lower, options)) {
    const then = before.get(path);
    if (then === undefined) drift.push({ path, change: 'added' });
    else if (then !== stamp(kind, kind === 'file' ? size : 0, modifiedNs.toString())) {
      drift.push({ path, change: 'changed' });
    }
    before.delete(path);
  }
  for (const path of before.keys()) drift.push({ path, change: 'removed' });
  return drift.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function stamp(kind: unknown, size: unknown, mtimeNs: unknown): string {
  return kind === 'directory' ? 'directory' : `${kind} ${size} ${mtimeNs}`;
}

async function readList(list: string): Promise<Map<string, string> | null> {
  const handle = await open(list).catch(() => null);
  if (handle === null) return null;
  const found = new Map<string, string>();
  // Closes the file at its end.
  for await (const line of handle.readLines()) {
    const [path, kind, size, mtimeNs] = JSON.parse(line) as [string, string, number, string];
    found.set(path, stamp(kind, size, mtimeNs));
  }
  return found;
}
