import { posix } from 'node:path';
import type { BytePath } from './byte-path.ts';
import type { SourceEntry, SourceFile, Verified, Version } from './types.ts';

/** What a mirror knows of a name that it has made. */
export type IndexRecord =
  | { readonly kind: 'directory' }
  | { readonly kind: 'link'; readonly leadsTo: BytePath }
  | {
      readonly kind: 'file';
      /** What was copied. */
      readonly from: Version;
      /** What came of it. */
      readonly here: Version;
      readonly sha256: string | null;
      readonly verified: Verified;
    };

export type Index = ReadonlyMap<BytePath, IndexRecord>;

export type Action =
  | { readonly do: 'directory'; readonly relative: BytePath; readonly path: BytePath }
  | { readonly do: 'link'; readonly relative: BytePath; readonly leadsTo: BytePath }
  | { readonly do: 'copy' | 'adopt'; readonly file: SourceFile }
  /** Another name of a file. */
  | { readonly do: 'name'; readonly file: SourceFile; readonly of: BytePath }
  | { readonly do: 'keep'; readonly file: SourceFile; readonly changedHere: boolean }
  | { readonly do: 'refuse'; readonly relative: BytePath; readonly size: number; readonly why: string };

export interface MirrorPlan {
  readonly actions: readonly Action[];
  /** Ours, and not in the source any more; what is in a directory before it. */
  readonly gone: readonly BytePath[];
}

/** Ours by what it is, whatever the filesystem's name is at this mount. */
export function isSame(a: Version, b: Version): boolean {
  return a.ino === b.ino && a.size === b.size && a.modifiedNs === b.modifiedNs;
}

/**
 * What has to be done so that the mirror is like its source. Nothing that the mirror didn't make is replaced, unless
 * `overwrite`; nothing is planned below what is refused. Pure.
 *
 * @param entries of the source, directories before what is in them
 * @param present what is in the mirror now
 */
export function planMirror(
  entries: readonly SourceEntry[],
  index: Index,
  present: ReadonlyMap<BytePath, SourceEntry>,
  overwrite: boolean,
): MirrorPlan {
  const names = new Map<string, BytePath>();
  const refused = new Set<BytePath>();
  const actions = entries.flatMap((entry): Action[] => {
    const { relative } = entry;
    const parent = posix.dirname(relative);
    if (refused.has(parent)) {
      refused.add(relative);
      return entry.kind === 'file' ? [refuse(entry, 'its directory could not be made')] : [];
    }
    const action = actionFor(entry, index.get(relative), present, names, overwrite);
    if (action?.do === 'refuse') refused.add(relative);
    return action === null ? [] : [action];
  });
  const wanted = new Set(entries.map(({ relative }) => relative));
  const gone = [...index.keys()].filter((relative) => !wanted.has(relative) && present.has(relative));
  return { actions, gone: gone.toSorted((a, b) => (a < b ? 1 : -Number(a > b))) };
}

function actionFor(
  entry: SourceEntry,
  known: IndexRecord | undefined,
  present: ReadonlyMap<BytePath, SourceEntry>,
  names: Map<string, BytePath>,
  overwrite: boolean,
): Action | null {
  const there = present.get(entry.relative);
  if (entry.kind === 'directory') {
    if (there === undefined) return { do: 'directory', relative: entry.relative, path: entry.path };
    return there.kind === 'directory' ? null : refuse(entry, `a ${there.kind} is in its place`);
  }
  if (there?.kind === 'directory') return refuse(entry, 'a directory is in its place');
  if (entry.kind === 'link') return linkAction(entry, known, there, overwrite);
  const identity = `${entry.dev}:${entry.ino}`;
  const first = names.get(identity);
  names.set(identity, first ?? entry.relative);
  return fileAction(entry, known, there, first === undefined ? null : [first, present.get(first)], overwrite);
}

function linkAction(
  entry: SourceEntry & { readonly kind: 'link' },
  known: IndexRecord | undefined,
  there: SourceEntry | undefined,
  overwrite: boolean,
): Action | null {
  const { relative, leadsTo } = entry;
  if (there?.kind === 'link' && there.leadsTo === leadsTo) return null;
  const ours = there?.kind === 'link' && known?.kind === 'link' && known.leadsTo === there.leadsTo;
  if (there === undefined || ours || overwrite) return { do: 'link', relative, leadsTo };
  return refuse(entry, 'something else is in its place');
}

function fileAction(
  file: SourceFile,
  known: IndexRecord | undefined,
  there: SourceEntry | undefined,
  first: readonly [BytePath, SourceEntry | undefined] | null,
  overwrite: boolean,
): Action {
  const make: Action = first === null ? { do: 'copy', file } : { do: 'name', file, of: first[0] };
  if (there === undefined) return make;
  const ours = known?.kind === 'file' && there.kind === 'file' && isSame(there, known.here);
  const current = known?.kind === 'file' && isSame(file, known.from);
  if (ours && current) {
    const apart = first?.[1]?.kind === 'file' && there.kind === 'file' && first[1].ino !== there.ino;
    return apart ? make : { do: 'keep', file, changedHere: false };
  }
  if (ours || overwrite) return make;
  if (known === undefined && there.kind === 'file' && there.size === file.size) return { do: 'adopt', file };
  if (known !== undefined && current && there.kind === 'file') return { do: 'keep', file, changedHere: true };
  return refuse(
    file,
    known === undefined ? 'something else is in its place' : 'it was changed both here and in the source',
  );
}

function refuse(entry: SourceEntry, why: string): Action {
  return { do: 'refuse', relative: entry.relative, size: entry.kind === 'file' ? entry.size : 0, why };
}
