import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../places.ts';

/** The bench's own small programs, in bench/native, and those that it shares with the tests. */
export type Program = 'measure' | 'count' | 'scan' | 'willneed' | 'neighbour' | 'loader' | 'back';

const SOURCES = join(ROOT, 'bench', 'native');
const SHARED = join(ROOT, 'test', 'fixtures');
const OUTPUT = join(ROOT, 'build', 'bench', 'bin');
const FLAGS = '-std=gnu11 -O2 -Wall -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64'.split(' ');

/** The path of a program, compiled where its source is newer. */
export function program(name: Program): string {
  const folder = name === 'neighbour' || name === 'loader' ? SHARED : SOURCES;
  const source = join(folder, `${name}.c`);
  const hash = createHash('sha256')
    .update(readFileSync(source))
    .update(readFileSync(join(folder, 'common.h')))
    .digest('hex')
    .slice(0, 12);
  const path = join(OUTPUT, `${name}-${hash}`);
  if (existsSync(path)) return path;
  mkdirSync(OUTPUT, { recursive: true });
  const partial = `${path}.${process.pid}`;
  const { status, error, stderr } = spawnSync('cc', [...FLAGS, source, '-o', partial], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cc ${name}.c failed: ${error?.message ?? stderr}`);
  renameSync(partial, path);
  return path;
}
