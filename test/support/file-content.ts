import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fixture } from './compile.ts';
import { mustRun } from './run.ts';

export async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** What became of reading a range in this way: `ok BYTES` or an errno name. */
export async function readBy(way: string, file: string, offset: number, length: number): Promise<string> {
  return (await mustRun(fixture('read-by'), [way, file, String(offset), String(length)])).trim();
}
