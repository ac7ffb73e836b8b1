import { resolve } from 'node:path';
import type { RawEntry, RawListing } from '../../native/addon-types.ts';
import { formatCount } from '../../units.ts';
import type { Collection } from '../collection.ts';
import { entriesIfThere, listDirectory } from '../listing.ts';
import { nameOf } from '../path-names.ts';
import type { Search } from '../search.ts';
import { take } from '../walk.ts';
import type { TargetFailure } from '../warm-set.ts';
import { type Closure, serverClosure } from './closure.ts';
import { Modules } from './gather.ts';
import { bytecodeTag } from './module-files.ts';

/**
 * Adds what a server imports from a virtual environment: shared objects first, then bytecode.
 *
 * @param text what stands behind `python:`
 */
export async function addPython(text: string, found: Collection, search: Search): Promise<void> {
  if (text === '')
    return found.failWith(refusal(text, 'no environment is named', 'Write python:/path/to/venv.'));
  const environment = resolve(search.cwd, text);
  const places = await findSitePackages(environment, search).catch((error: unknown) => {
    search.signal?.throwIfAborted();
    found.fail(environment, error);
    return undefined;
  });
  if (!places) return;
  if (places.length === 0) {
    found.journal?.looked({ path: environment, from: 'environment', there: false });
    const what = `${environment} holds no site-packages`;
    return found.failWith(
      refusal(text, what, 'Name the directory of a virtual environment, with lib/ in it.'),
    );
  }
  found.journal?.is('python', environment);
  for (const place of places) {
    found.journal?.looked({ path: place, from: 'site-packages', there: true });
    await addSitePackages(place, found, search);
  }
}

function refusal(text: string, what: string, remedy: string): TargetFailure {
  const path = `python:${text}`;
  return { path, code: 'WARMSET_BAD_TARGET', message: `${path}: ${what}.`, remedy };
}

const SITE = /^(site|dist)-packages$/;

/** The directories that Python packages lie in, each once. */
async function findSitePackages(environment: string, search: Search): Promise<readonly string[]> {
  if (SITE.test(environment.slice(environment.lastIndexOf('/') + 1))) return [environment];
  const places = new Map<string, string>();
  for (const lib of ['lib', 'lib64']) {
    for (const version of await directoriesIn(`${environment}/${lib}`, /^python3(\.\d+)?$/, search)) {
      for (const site of await directoriesIn(version.path, SITE, search)) {
        const key = `${site.entry.dev}/${site.entry.ino}`;
        // lib64 is a link to lib in most environments.
        if (!places.has(key)) places.set(key, site.path);
      }
    }
  }
  return [...places.values()];
}

async function directoriesIn(
  directory: string,
  pattern: RegExp,
  search: Search,
): Promise<readonly { readonly path: string; readonly entry: RawEntry }[]> {
  return (await entriesIfThere(directory, search)).flatMap((entry) => {
    const name = nameOf(entry.name).path;
    return entry.kind === 'directory' && pattern.test(name) ? [{ path: `${directory}/${name}`, entry }] : [];
  });
}

async function addSitePackages(directory: string, found: Collection, search: Search): Promise<void> {
  const listing = await listDirectory(directory, search).catch((error: unknown) => {
    search.signal?.throwIfAborted();
    found.fail(directory, error);
    return undefined;
  });
  if (!listing) return;
  const entries = new Map(listing.entries.map((entry) => [nameOf(entry.name).path, entry]));
  const directories = [...entries].flatMap(([name, { kind }]) => (kind === 'directory' ? [name] : []));
  const closure = await serverClosure(directory, directories, search);
  found.journal?.note(describe(closure));
  const wanted = closure?.names ?? [...entries.keys()].filter((name) => !name.endsWith('.dist-info')).sort();
  const modules = new Modules(bytecodeTag(directory));
  for (const name of wanted) {
    const entry = entries.get(name);
    if (entry) await modules.gather(directory, entry, found, search);
  }
  const library = { role: 'python', why: 'shared object' } as const;
  for (const { path, entry } of modules.libraries) take(path, entry, found, library);
  const code = { role: 'python', why: 'code of a module' } as const;
  for (const { path, entry } of modules.code) take(path, entry, found, code);
  leaveOut(directory, listing, closure, modules, found);
}

function describe(closure: Closure | undefined): string {
  if (!closure) return 'no server that warmset knows is installed: all packages were taken';
  const { servers, distributions } = closure;
  return `${servers.join(' and ')} with all that ${servers.length > 1 ? 'they require' : 'it requires'}: ${formatCount(distributions)} distributions`;
}

function leaveOut(
  directory: string,
  { entries }: RawListing,
  closure: Closure | undefined,
  { rest }: Modules,
  { journal }: Collection,
): void {
  if (!journal) return;
  const { files, bytes } = rest;
  const why = `${formatCount(files)} other files of these packages: sources that have bytecode, headers, data`;
  if (files > 0) journal.leftOut({ path: directory, size: bytes, why });
  if (!closure) return;
  const taken = new Set(closure.names);
  for (const { name, kind } of entries) {
    const shown = nameOf(name).path;
    if (kind !== 'directory' || taken.has(shown) || /^__pycache__$|\.dist-info$/.test(shown)) continue;
    journal.leftOut({ path: `${directory}/${shown}`, size: null, why: 'no server requires it' });
  }
}
