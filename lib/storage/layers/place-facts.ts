import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { runCommand } from '../../change/index.ts';
import { isSystemError } from '../../errors.ts';
import { findMount, type Mount, readMounts } from '../../host/index.ts';

/** A place and what it lies on. */
export type PlaceFacts =
  | { readonly state: 'missing'; readonly path: string }
  | { readonly state: 'link'; readonly path: string; readonly leadsTo: string | null }
  | { readonly state: 'other'; readonly path: string }
  | DirectoryFacts;

export interface DirectoryFacts extends Owner {
  readonly state: 'directory';
  /** Absolute, no links in it. */
  readonly path: string;
  /** `dev:ino` */
  readonly identity: string;
  readonly dev: bigint;
  readonly mount: Mount | null;
  /** Whether the directory is a mount point itself. */
  readonly isMountPoint: boolean;
  /** Mount points below it. */
  readonly mountsBelow: readonly string[];
}

export interface Owner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Looks at a place. Links on the way are resolved; whether the last name is one is told, because a change of what it
 * leads to is not a change of what was named.
 */
export async function lookAtPlace(named: string): Promise<PlaceFacts> {
  const absolute = resolve(named);
  const parent = await realpath(dirname(absolute)).catch(() => dirname(absolute));
  const path = absolute === '/' ? '/' : join(parent, basename(absolute));
  const facts = await lstat(path, { bigint: true }).catch((error: unknown) => {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  });
  if (facts === null) return { state: 'missing', path };
  if (facts.isSymbolicLink()) {
    return { state: 'link', path, leadsTo: await realpath(path).catch(() => null) };
  }
  if (!facts.isDirectory()) return { state: 'other', path };
  const mounts = await readMounts();
  const mount = findMount(mounts, path);
  return {
    ...{ state: 'directory', path, dev: facts.dev, identity: `${facts.dev}:${facts.ino}` },
    ...ownerOf(facts),
    mount,
    isMountPoint: mount?.mountPoint === path,
    mountsBelow: mounts
      .map(({ mountPoint }) => mountPoint)
      .filter((at) => at.startsWith(path === '/' ? '/' : `${path}/`)),
  };
}

export function ownerOf(facts: { readonly mode: bigint; readonly uid: bigint; readonly gid: bigint }): Owner {
  return { mode: Number(facts.mode & 0o7777n), uid: Number(facts.uid), gid: Number(facts.gid) };
}

/** The nearest directory above a place that is there, or the place itself. */
export async function nearestDirectory(place: PlaceFacts): Promise<DirectoryFacts> {
  let at = place;
  while (at.state !== 'directory') at = await lookAtPlace(dirname(at.path));
  return at;
}

/** Whether one directory lies in another or is it, under whatever name: by what the directories are. */
export async function liesWithin(inner: string, outer: string): Promise<boolean> {
  const identity = async (path: string): Promise<string | null> =>
    lstat(path, { bigint: true }).then(
      ({ dev, ino }) => `${dev}:${ino}`,
      () => null,
    );
  const wanted = await identity(outer);
  if (wanted === null) return false;
  for (let at = inner; ; at = dirname(at)) {
    if ((await identity(at)) === wanted) return true;
    if (at === dirname(at)) return false;
  }
}

/** Whether directories of an xfs tell what their names are; `null` where nobody says. */
export async function xfsTellsTypes(mountPoint: string): Promise<boolean | null> {
  const told = await runCommand(['xfs_info', mountPoint]).catch(() => '');
  const ftype = /\bftype=([01])\b/.exec(told)?.[1];
  return ftype === undefined ? null : ftype === '1';
}
