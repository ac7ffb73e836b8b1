import type { RawEntry, RawListing, RawPath } from '../native/addon-types.ts';
import type { JobOptions } from '../native/job.ts';
import type { Collection, TakenAs } from './collection.ts';
import { inNaturalOrder, type Listed, list } from './listing.ts';
import { joinPath, nameOf } from './path-names.ts';

/** Which entries below a root to take. A directory that matches is taken with everything below it. */
export interface Selection {
  /** Asked with a path relative to the root. */
  readonly matches: (path: string) => boolean;
  /** Directory levels below the root that can hold a match; 1 is the root's own entries. */
  readonly depth: number;
  /** How many of the last directory names of a path can decide whether something below it matches. */
  readonly memory: number;
}

// Directories that are listed before their turn: enough for two threads, few enough that what they hold stays small.
const LISTED_AHEAD = 4;

interface Enter {
  readonly kind: 'enter';
  /** Asked for before its turn. */
  listed?: Promise<Listed>;
  readonly path: RawPath;
  /** From the root to here, as the selection sees them. */
  readonly names: readonly string[];
  /** Everything below is wanted. */
  readonly all: boolean;
}

type Step = Enter | { readonly kind: 'take'; readonly path: RawPath; readonly entry: RawEntry };

const MATCHES: TakenAs = { why: 'it matches the pattern' };
const BELOW: TakenAs = { why: 'it lies below the directory' };

/** What a walk needn't find out or decide by itself. */
export interface WalkWays {
  /** The root's entries, where somebody has looked at them already. */
  readonly listed?: Promise<Listed>;
  /** What the files are taken as. */
  readonly as?: TakenAs;
}

/**
 * Adds what is below a directory, names in natural order, subdirectories where their names stand. A directory that was
 * taken whole already, through whatever link, isn't entered again: loops end there. One that was searched for matches
 * is entered again where other names lead to it, because they can match other files.
 */
export async function walk(
  root: RawPath,
  found: Collection,
  selection: Selection | undefined,
  options: JobOptions,
  { listed, as = selection ? MATCHES : BELOW }: WalkWays = {},
): Promise<void> {
  const searched = new Set<string>();
  const first: Enter = { kind: 'enter', path: root, names: [], all: selection === undefined };
  if (listed) first.listed = listed;
  const pending: Step[] = [first];
  // The directories among them.
  const directories: Enter[] = [first];
  for (let step = pending.pop(); step; step = pending.pop()) {
    options.signal?.throwIfAborted();
    if (step.kind === 'take') {
      take(step.path, step.entry, found, as);
      continue;
    }
    directories.pop();
    const listed = await (step.listed ?? list(step.path, options));
    if ('error' in listed) {
      options.signal?.throwIfAborted();
      found.fail(step.path, listed.error);
      continue;
    }
    const { listing } = listed;
    if (!isNew(step, listing, selection, found, searched)) continue;
    const entries = inNaturalOrder(listing.entries);
    // A stack, so the first comes last. A loop and not push(...): a directory may have more entries than a call takes
    // arguments.
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      const next = entry && nextStep(step, entry, selection);
      if (next) pending.push(next);
      if (next?.kind === 'enter') directories.push(next);
    }
    for (const next of directories.slice(-LISTED_AHEAD)) next.listed ??= list(next.path, options);
  }
}

function isNew(
  step: Enter,
  { dev, ino }: RawListing,
  selection: Selection | undefined,
  found: Collection,
  searched: Set<string>,
): boolean {
  if (step.all || selection === undefined) return found.enter(dev, ino);
  const last = selection.memory === 0 ? [] : step.names.slice(-selection.memory);
  const key = [dev, ino, ...last].join('/');
  if (searched.has(key)) return false;
  searched.add(key);
  return true;
}

function nextStep(parent: Enter, entry: RawEntry, selection: Selection | undefined): Step | undefined {
  const path = joinPath(parent.path, entry.name);
  if (parent.all || selection === undefined) {
    return entry.kind === 'directory'
      ? { kind: 'enter', path, names: [], all: true }
      : { kind: 'take', path, entry };
  }
  const names = [...parent.names, nameOf(entry.name).path];
  const wanted = selection.matches(names.join('/'));
  if (entry.kind !== 'directory') return wanted ? { kind: 'take', path, entry } : undefined;
  if (!wanted && names.length >= selection.depth) return undefined;
  return { kind: 'enter', path, names, all: wanted };
}

/** Puts what stands at a path where it belongs: into the set, the counts or the failures. */
export function take(path: RawPath, entry: RawEntry, found: Collection, as?: TakenAs): void {
  if (entry.kind === 'file') found.add(path, entry, as);
  else if (entry.kind === 'unreadable' && entry.error) found.failRaw(path, entry.error);
  else if (entry.kind !== 'directory' && entry.kind !== 'unreadable') found.skip(entry.kind, path);
}
