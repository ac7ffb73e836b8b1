import { isUtf8 } from 'node:buffer';
import type { RawPath } from '../native/addon-types.ts';

const SLASH = Buffer.from('/');

/** Bytes only where one of the parts is: strings are what nearly every path is, and cheaper. */
export function joinPath(directory: RawPath, name: RawPath): RawPath {
  if (typeof directory === 'string' && typeof name === 'string') {
    return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
  }
  const start = Buffer.from(directory);
  const separator = start.at(-1) === SLASH[0] ? [] : [SLASH];
  return Buffer.concat([start, ...separator, Buffer.from(name)]);
}

/** A path to show and, where showing loses something, the bytes too. */
export function nameOf(path: RawPath): { readonly path: string; readonly rawPath?: Buffer } {
  if (typeof path === 'string') return { path };
  if (isUtf8(path)) return { path: path.toString('utf8') };
  // latin1 is a character a byte, and no part of UTF-8 looks like a slash.
  const names = path.toString('latin1').split('/').map(showName);
  return { path: names.join('/'), rawPath: path };
}

/** The path as text where text loses nothing of it: names that aren't ASCII come as bytes, and most of them are UTF-8. */
export function textOf(path: RawPath): string | undefined {
  const { path: text, rawPath } = nameOf(path);
  return rawPath ? undefined : text;
}

function showName(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return latin1.replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

// model-2 before model-10, as engines and people count shards.
const collator = new Intl.Collator('en', { numeric: true });

export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}
