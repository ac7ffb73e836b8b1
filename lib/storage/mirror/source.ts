import { posix, resolve } from 'node:path';
import { isSystemError, WarmsetError } from '../../errors.ts';
import type { JobOptions } from '../../native/job.ts';
import { parseTarget, resolveTargets, type WarmSet } from '../../targets/index.ts';
import { manifestPath, parseOllamaName } from '../../targets/ollama/name.ts';
import { type BytePath, toBytePath } from './byte-path.ts';
import { followLinks } from './follow-links.ts';
import { listNames } from './list-names.ts';
import { scanTree } from './scan.ts';
import type { SourceTree } from './types.ts';

/**
 * What a mirror of a target has to have. A directory is mirrored with everything below it; of a model (`hf:`, `ollama:`,
 * `llama:`) what a server reads of it, with the links, references and manifests by which it is found. Of llama.cpp's older
 * cache it has no manifests: its files are found by their names, too.
 *
 * @throws WarmsetError `WARMSET_STORAGE` where there is nothing at all
 */
export async function findSource(source: string, options: JobOptions = {}): Promise<SourceTree> {
  if (parseTarget(source) === undefined) {
    const path = toBytePath(resolve(source));
    const found = await followLinks(path, options).catch((error: unknown) => {
      if (isSystemError(error) && error.code === 'ENOENT') return null;
      throw error;
    });
    if (found?.facts.kind === 'directory') return scanTree(found.path, options);
  }
  const set = await resolveTargets([source], options);
  if (set.files.length === 0) throw nothing(source, set);
  const paths = set.files.map(({ path, rawPath }) => toBytePath(rawPath ?? path));
  const root = rootOf(paths);
  const tree = await listNames(
    root,
    [...paths, ...(await companions(source, root, paths, options))],
    options,
  );
  return { ...tree, failures: [...set.failures, ...tree.failures] };
}

/** Hub caches and Ollama's stores are found by what stands above the model; of other files the deepest directory. */
function rootOf(paths: readonly BytePath[]): BytePath {
  const [first = '/'] = paths;
  const store = /^(.*)\/(?:(?:models|datasets|spaces)--[^/]+\/snapshots|blobs)\//.exec(first)?.[1];
  if (store !== undefined && paths.every((path) => path.startsWith(`${store}/`))) return store;
  let root = posix.dirname(first);
  while (root !== '/' && !paths.every((path) => path.startsWith(`${root}/`))) root = posix.dirname(root);
  return root;
}

/** By what a model is found, and no server reads as a file of it. */
async function companions(
  source: string,
  root: BytePath,
  paths: readonly BytePath[],
  options: JobOptions,
): Promise<readonly BytePath[]> {
  const named = parseTarget(source);
  if (named?.kind === 'ollama') {
    const name = parseOllamaName(named.text);
    return 'code' in name ? [] : [`${root}/${toBytePath(manifestPath(name))}`];
  }
  if (named?.kind !== 'hub' && named?.kind !== 'llama') return [];
  const repository = /^(.*\/models--[^/]+)\//.exec(paths[0] ?? '')?.[1];
  if (repository === undefined) return [];
  const references = await scanTree(`${repository}/refs`, options).catch(() => null);
  return (references?.entries ?? []).flatMap((entry) => (entry.kind === 'file' ? [entry.path] : []));
}

function nothing(source: string, { failures }: WarmSet): WarmsetError {
  const [first] = failures;
  return new WarmsetError('WARMSET_STORAGE', first?.message ?? `${source} has no files`, {
    subject: source,
    remedy: first?.remedy ?? 'name a directory, a file or a model that is there',
  });
}
