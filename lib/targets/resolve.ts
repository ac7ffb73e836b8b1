import { resolve } from 'node:path';
import picomatch from 'picomatch';
import { isSystemError, WarmsetError } from '../errors.ts';
import type { JobOptions } from '../native/job.ts';
import { Collection } from './collection.ts';
import { lookUp, take, walk } from './walk.ts';
import type { WarmSet } from './warm-set.ts';

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
  const path =
    typeof target === 'string' ? Buffer.from(resolve(options.cwd ?? process.cwd(), target)) : target;
  try {
    const entry = await lookUp(path, options);
    if (entry.kind === 'directory') await walk(path, found, undefined, options);
    else take(path, entry, found);
  } catch (error) {
    options.signal?.throwIfAborted();
    const missing = isSystemError(error) && error.code === 'ENOENT';
    if (missing && typeof target === 'string' && picomatch.scan(target).isGlob) {
      return addGlob(target, found, options);
    }
    found.fail(path, error);
  }
}

async function addGlob(pattern: string, found: Collection, options: ResolveOptions): Promise<void> {
  const cwd = options.cwd ?? process.cwd();
  const { base, glob } = picomatch.scan(pattern);
  const root = resolve(cwd, base === '' ? '.' : base);
  const matches = picomatch(glob, { dot: true });
  const prefix = root === '/' ? '/' : `${root}/`;
  const before = found.matches;
  const selection = {
    matches: (path: string): boolean => matches(path.slice(prefix.length)),
    depth: glob.includes('**') ? Number.POSITIVE_INFINITY : glob.split('/').length,
  };
  await walk(Buffer.from(root), found, selection, options);
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
