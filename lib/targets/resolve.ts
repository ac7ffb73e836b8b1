import { resolve } from 'node:path';
import picomatch from 'picomatch';
import { isSystemError, WarmsetError } from '../errors.ts';
import type { RawPath } from '../native/addon-types.ts';
import { addCompileCaches } from './caches/resolve.ts';
import { Collection } from './collection.ts';
import { addGlob } from './glob.ts';
import { addHubModel } from './hub/resolve.ts';
import { list, lookUp } from './listing.ts';
import { addLlamaModel } from './llama/resolve.ts';
import { addGguf } from './model/gguf-file.ts';
import type { Load } from './model/load.ts';
import { addModel, fileNames } from './model/load-directory.ts';
import { loadTree } from './model/load-tree.ts';
import { addOllamaModel } from './ollama/resolve.ts';
import { isGguf } from './order/gguf.ts';
import { modelKind } from './order/model-kind.ts';
import { joinPath, textOf } from './path-names.ts';
import { addPython } from './python/resolve.ts';
import { type ResolveOptions, type Search, toSearch } from './search.ts';
import { parseTarget } from './target-name.ts';
import { take, walk } from './walk.ts';
import type { WarmSet } from './warm-set.ts';

const SLASH = 0x2f;

/**
 * Turns targets into a warm set, each file once by device and inode, most urgent first. A target is a file, a directory
 * (recursively, names in natural order: `shard-2` before `shard-10`), a glob, or one of
 * - `hf:ORG/NAME[@REVISION]`: a model of the Hugging Face cache,
 * - `ollama:NAME[:TAG]`: a model of Ollama's store,
 * - `llama:ORG/REPO[:QUANT]`: what llama.cpp's server loads of a repository with `-hf`,
 * - `compile-caches`: what the servers' compilers have kept,
 * - `python:VENV`: what a server imports.
 *
 * A target that can't be used doesn't stop the others: it is in the set's `failures`. A name that exists is never
 * taken for a glob, whatever characters it holds; a file that is called like one of the kinds above is named by a path
 * (`./hf:x`). Bytes are always the path of a file or directory.
 *
 * @throws WarmsetError `WARMSET_BAD_TARGET` for a target that is empty or holds a zero byte.
 */
export async function resolveTargets(
  targets: readonly (string | Buffer)[],
  options: ResolveOptions = {},
): Promise<WarmSet> {
  const found = new Collection();
  const search = toSearch(options);
  for (const target of targets) await addTarget(target, found, search);
  return found.finish();
}

/** Adds what one target names. */
export async function addTarget(target: string | Buffer, found: Collection, search: Search): Promise<void> {
  search.signal?.throwIfAborted();
  if (target.length === 0 || target.includes('\0')) {
    throw new WarmsetError('WARMSET_BAD_TARGET', 'A target is empty or holds a zero byte.', {
      subject: JSON.stringify(target.toString()),
      remedy: 'Name a file, a directory or a glob. Lists separated by zero bytes are read with `-0 -`.',
    });
  }
  const named = typeof target === 'string' ? parseTarget(target) : undefined;
  switch (named?.kind) {
    case 'hub':
      return addHubModel(named.text, found, search);
    case 'ollama':
      return addOllamaModel(named.text, found, search);
    case 'llama':
      return addLlamaModel(named.text, found, search);
    case 'compile-caches':
      return addCompileCaches(found, search);
    case 'python':
      return addPython(named.text, found, search);
    default:
      return addPath(target, found, search);
  }
}

async function addPath(target: string | Buffer, found: Collection, search: Search): Promise<void> {
  const path = toPath(target, search.cwd);
  try {
    const entry = await lookUp(path, search);
    const load: Load = { found, search, entered: new Set() };
    if (entry.kind === 'directory') return await addDirectory(path, load);
    if (typeof path === 'string' && entry.kind === 'file' && isGguf(path))
      return await addGguf(path, entry, load);
    found.journal?.is('file', path.toString());
    take(path, entry, found);
  } catch (error) {
    search.signal?.throwIfAborted();
    if (isMissing(error) && typeof target === 'string' && picomatch.scan(target).isGlob) {
      return addGlob(target, found, search);
    }
    found.fail(path, error);
  }
}

const LOAD_ORDER = 'it holds a model: with load order only what a server reads is taken, in its order';
const NO_LOAD_ORDER = "it holds a model, but its name isn't UTF-8: it is taken whole, without load order";

async function addDirectory(path: RawPath, load: Load): Promise<void> {
  const { found, search } = load;
  found.journal?.is('directory', path.toString());
  const text = textOf(path);
  if (search.order === 'load' && text !== undefined) return loadTree(text, load);
  const listed = await list(path, search);
  const names = 'listing' in listed ? fileNames(listed.listing) : [];
  const kind = modelKind(names);
  if (kind === 'tensorrt-llm-engine' && 'listing' in listed && text !== undefined) {
    found.journal?.is(kind, text);
    return addModel(text, listed.listing, kind, load);
  }
  if (kind) found.journal?.note(text === undefined ? NO_LOAD_ORDER : LOAD_ORDER);
  return walk(path, found, undefined, search, { listed: Promise.resolve(listed) });
}

function toPath(target: RawPath, cwd: string): RawPath {
  if (typeof target === 'string') return resolve(cwd, target);
  return target[0] === SLASH ? target : joinPath(resolve(cwd), target);
}

/** Nothing has this name. One that is too long for a name can still be a pattern: `{a,b,c …}`. */
function isMissing(error: unknown): boolean {
  return isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENAMETOOLONG');
}
