import { addon } from '../native/addon.ts';
import type { RawEntry } from '../native/addon-types.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import type { Collection } from './collection.ts';
import { compareNames, joinPath, nameOf } from './path-names.ts';

/** Looks a path up, symbolic links followed. Rejects as stat(2) fails. */
export async function lookUp(path: Buffer, options: JobOptions): Promise<RawEntry> {
  return runJob(options, path, (...job) => addon().lookUp(path, ...job));
}

/** Which entries below a root to take. A directory that matches is taken with everything below it. */
export interface Selection {
  readonly matches: (path: string) => boolean;
  /** Directory levels below the root that can hold a match; 1 is the root's own entries. */
  readonly depth: number;
}

type Step =
  | { readonly kind: 'enter'; readonly path: Buffer; readonly depth: number; readonly all: boolean }
  | { readonly kind: 'take'; readonly path: Buffer; readonly entry: RawEntry };

/**
 * Adds what is below a directory, names in natural order, subdirectories where their names stand. A directory that was
 * visited already, through whatever link, isn't entered again: loops end there.
 */
export async function walk(
  root: Buffer,
  found: Collection,
  selection: Selection | undefined,
  options: JobOptions,
): Promise<void> {
  const pending: Step[] = [{ kind: 'enter', path: root, depth: 0, all: selection === undefined }];
  for (let step = pending.pop(); step; step = pending.pop()) {
    options.signal?.throwIfAborted();
    if (step.kind === 'take') {
      take(step.path, step.entry, found);
      continue;
    }
    const entries = await list(step.path, found, options);
    // A stack, so the first comes last. A loop and not push(...): a directory may have more entries than a call takes
    // arguments.
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      const next = entry && nextStep(step, entry, selection);
      if (next) pending.push(next);
    }
  }
}

function nextStep(
  parent: Step & { kind: 'enter' },
  entry: RawEntry,
  selection: Selection | undefined,
): Step | undefined {
  const path = joinPath(parent.path, entry.name);
  const wanted = parent.all || selection === undefined || selection.matches(nameOf(path).path);
  if (entry.kind !== 'directory') return wanted ? { kind: 'take', path, entry } : undefined;
  const depth = parent.depth + 1;
  if (!wanted && depth >= selection.depth) return undefined;
  return { kind: 'enter', path, depth, all: wanted };
}

/** The entries of a directory in natural order; nothing when it was entered before or can't be read. */
async function list(directory: Buffer, found: Collection, options: JobOptions): Promise<readonly RawEntry[]> {
  try {
    const listing = await runJob(options, directory, (...job) => addon().listDirectory(directory, ...job));
    if (!found.enter(listing.dev, listing.ino)) return [];
    return listing.entries
      .map((entry) => ({ entry, name: entry.name.toString('latin1') }))
      .sort((a, b) => compareNames(a.name, b.name))
      .map(({ entry }) => entry);
  } catch (error) {
    options.signal?.throwIfAborted();
    found.fail(directory, error);
    return [];
  }
}

/** Puts what stands at a path where it belongs: into the set, the counts or the failures. */
export function take(path: Buffer, entry: RawEntry, found: Collection): void {
  if (entry.kind === 'file') found.add(path, entry);
  else if (entry.kind === 'unreadable' && entry.error) found.failRaw(path, entry.error);
  else if (entry.kind !== 'directory' && entry.kind !== 'unreadable') found.skip(entry.kind);
}
