import { resolve } from 'node:path';
import picomatch from 'picomatch';
import { isSystemError, WarmsetError } from '../errors.ts';
import type { RawPath } from '../native/addon-types.ts';
import type { JobOptions } from '../native/job.ts';
import { Collection } from './collection.ts';
import { joinPath } from './path-names.ts';
import { lookUp, take, walk } from './walk.ts';
import type { WarmSet } from './warm-set.ts';

const SLASH = 0x2f;

export interface ResolveOptions extends JobOptions {
  /** Directory that relative targets start from. @default process.cwd() */
  readonly cwd?: string | undefined;
}

/**
 * Turns targets (files, directories, globs) into a warm set: files in the order named, directories recursively with
 * their names in natural order (`shard-2` before `shard-10`), each file once by device and inode.
 *
 * A target that can't be used doesn't stop the others: it is in the set's `failures`. A name that exists is never
 * taken for a glob, whatever characters it holds.
 *
 * @throws WarmsetError `WARMSET_BAD_TARGET` for a target that is empty or holds a zero byte.
 */
export async function resolveTargets(
  targets: readonly (string | Buffer)[],
  options: ResolveOptions = {},
): Promise<WarmSet> {
  const found = new Collection();
  for (const target of targets) {
    options.signal?.throwIfAborted();
    await addTarget(target, found, options);
  }
  return found.finish();
}

async function addTarget(target: string | Buffer, found: Collection, options: ResolveOptions): Promise<void> {
  if (target.length === 0 || target.includes('\0')) {
    throw new WarmsetError('WARMSET_BAD_TARGET', 'A target is empty or holds a zero byte.', {
      subject: JSON.stringify(target.toString()),
      remedy: 'Name a file, a directory or a glob. Lists separated by zero bytes are read with `-0 -`.',
    });
  }
  const path = toPath(target, options.cwd ?? process.cwd());
  try {
    const entry = await lookUp(path, options);
    if (entry.kind === 'directory') await walk(path, found, undefined, options);
    else take(path, entry, found);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isMissing(error) && typeof target === 'string' && picomatch.scan(target).isGlob) {
      return addGlob(target, found, options);
    }
    found.fail(path, error);
  }
}

function toPath(target: RawPath, cwd: string): RawPath {
  if (typeof target === 'string') return resolve(cwd, target);
  return target[0] === SLASH ? target : joinPath(resolve(cwd), target);
}

/** Nothing has this name. One that is too long for a name can still be a pattern: `{a,b,c …}`. */
function isMissing(error: unknown): boolean {
  return isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENAMETOOLONG');
}

async function addGlob(pattern: string, found: Collection, options: ResolveOptions): Promise<void> {
  const { base, glob, negated } = picomatch.scan(pattern);
  if (negated) {
    found.failWith({
      path: pattern,
      code: 'WARMSET_BAD_TARGET',
      message: 'A pattern that starts with `!` would mean everything but what it names.',
      remedy: 'Name what you want. A name that really starts with `!` is written `\\!`.',
    });
    return;
  }
  // What the user escaped in the part before the first wildcard stands for itself.
  const root = resolve(options.cwd ?? process.cwd(), base.replace(/\\(.)/gs, '$1') || '.');
  const segments = glob.split('/').length;
  const crosses = glob.includes('**');
  const before = found.matches;
  const selection = {
    // File names may hold newlines.
    matches: picomatch(glob, { dot: true, flags: 's' }),
    depth: crosses ? Number.POSITIVE_INFINITY : segments,
    // Behind `**` come a number of directory names and the last name; without it every name counts.
    memory: crosses ? Math.max(0, segments - 2) : segments,
  };
  await walk(root, found, selection, options);
  if (found.matches === before) {
    found.failWith({
      path: pattern,
      code: 'ENOENT',
      message: `Nothing below ${root} matches ${glob}.`,
      remedy:
        'Check the pattern; quote it so that the shell leaves it alone. `**` crosses directories, `*` does not.',
    });
  }
}
