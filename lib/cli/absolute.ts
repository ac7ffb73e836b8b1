import { resolve } from 'node:path';

/**
 * A path in bytes made absolute, `.` and `..` resolved, as Node does it for strings. Byte for byte: in latin1 every
 * byte is a character, and `/` and `.` are themselves.
 */
export function absolute(path: Buffer, cwd = process.cwd()): Buffer {
  const here = Buffer.from(cwd).toString('latin1');
  return Buffer.from(resolve(here, path.toString('latin1')), 'latin1');
}
