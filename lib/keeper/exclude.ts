import picomatch from 'picomatch';
import type { WarmSet } from '../targets/index.ts';

/**
 * A set without the files that any of some globs matches. A glob without a slash is matched against the file's name, one
 * with a slash against its whole path. Pure.
 */
export function exclude(set: WarmSet, globs: readonly string[]): WarmSet {
  if (globs.length === 0) return set;
  // File names may hold newlines.
  const options = { dot: true, flags: 's' };
  const [names, paths] = [
    globs.filter((glob) => !glob.includes('/')),
    globs.filter((glob) => glob.includes('/')),
  ];
  const byName = names.length > 0 ? picomatch(names, { ...options, basename: true }) : null;
  const byPath = paths.length > 0 ? picomatch(paths, options) : null;
  const files = set.files.filter(({ path }) => byName?.(path) !== true && byPath?.(path) !== true);
  return { ...set, files, size: files.reduce((sum, { size }) => sum + size, 0) };
}
