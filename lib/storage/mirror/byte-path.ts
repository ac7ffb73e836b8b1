import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { RawPath } from '../../native/addon-types.ts';
import { nameOf } from '../../targets/path-names.ts';

/**
 * A path with a character for each of its bytes (latin1): names that aren't UTF-8 keep every byte, paths can be joined
 * and compared as text, and no byte of a longer UTF-8 sequence looks like a slash or a dot.
 */
export type BytePath = string;

export function toBytePath(path: RawPath): BytePath {
  return Buffer.from(path).toString('latin1');
}

/** What a system call takes for it. */
export function toRawPath(path: BytePath): RawPath {
  const bytes = Buffer.from(path, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
}

/** What people read. */
export function shown(path: BytePath): string {
  return nameOf(toRawPath(path)).path;
}

/** Where a link leads, from the directory that both paths start at; `null`: outside of it. */
export function insideOf(root: BytePath, link: BytePath, leadsTo: BytePath): BytePath | null {
  const absolute = posix.isAbsolute(leadsTo) ? posix.normalize(leadsTo) : null;
  if (absolute !== null && absolute !== root && !absolute.startsWith(`${root}/`)) return null;
  const inside =
    absolute === null
      ? posix.normalize(posix.join(posix.dirname(link), leadsTo))
      : posix.relative(root, absolute) || '.';
  return inside === '..' || inside.startsWith('../') ? null : inside.replace(/\/$/, '');
}

/** The same place as it is written in a link at `link`: relative, so that the mirror leads to itself. */
export function relativeLink(link: BytePath, inside: BytePath): BytePath {
  return posix.relative(posix.dirname(link), inside) || '.';
}
