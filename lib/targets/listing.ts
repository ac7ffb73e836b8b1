import { isSystemError } from '../errors.ts';
import { addon } from '../native/addon.ts';
import type { RawEntry, RawListing, RawPath } from '../native/addon-types.ts';
import { toListing } from '../native/columns.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { compareNames, nameOf } from './path-names.ts';

/** Looks a path up, symbolic links followed. Rejects as stat(2) fails. */
export async function lookUp(path: RawPath, options: JobOptions): Promise<RawEntry> {
  return runJob(options, path, (...job) => addon().lookUp(path, ...job));
}

/** False also where nobody may look. */
export async function isDirectory(path: RawPath, options: JobOptions): Promise<boolean> {
  try {
    return (await lookUp(path, options)).kind === 'directory';
  } catch {
    options.signal?.throwIfAborted();
    return false;
  }
}

export type Listed = { readonly listing: RawListing } | { readonly error: unknown };

/** A directory's entries, or why it can't be read. Never rejects: nobody may ever wait for it. */
export async function list(directory: RawPath, options: JobOptions): Promise<Listed> {
  try {
    return { listing: await listDirectory(directory, options) };
  } catch (error) {
    return { error };
  }
}

/** A directory's entries, symbolic links followed. Rejects as opendir(3) fails. */
export async function listDirectory(directory: RawPath, options: JobOptions): Promise<RawListing> {
  const columns = await runJob(options, directory, (...job) => addon().listDirectory(directory, ...job));
  return toListing(columns);
}

/** The entries of a directory that needn't be there. Rejects as opendir(3) fails otherwise. */
export async function entriesIfThere(directory: RawPath, options: JobOptions): Promise<readonly RawEntry[]> {
  try {
    return (await listDirectory(directory, options)).entries;
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Nothing is there: no file, no directory, or a file where a directory would have to be. */
export function isAbsent(error: unknown): boolean {
  return isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

export function inNaturalOrder(entries: readonly RawEntry[]): readonly RawEntry[] {
  return entries
    .map((entry) => ({ entry, name: nameOf(entry.name).path }))
    .sort((a, b) => compareNames(a.name, b.name))
    .map(({ entry }) => entry);
}
