import { isUtf8 } from 'node:buffer';

const SLASH = Buffer.from('/');

export function joinPath(directory: Buffer, name: Buffer): Buffer {
  const separator = directory.at(-1) === SLASH[0] ? [] : [SLASH];
  return Buffer.concat([directory, ...separator, name]);
}

/** A path to show and, where showing loses something, the bytes too. */
export function nameOf(path: Buffer): { path: string } | { path: string; rawPath: Buffer } {
  if (isUtf8(path)) return { path: path.toString('utf8') };
  // latin1 is a character a byte, and no part of UTF-8 looks like a slash.
  const names = path.toString('latin1').split('/').map(showName);
  return { path: names.join('/'), rawPath: path };
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
