import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type FixtureName =
  | 'datagrams'
  | 'deny-syscall'
  | 'hold'
  | 'idmap-mount'
  | 'loader'
  | 'make-resident'
  | 'mincore-oracle'
  | 'neighbour'
  | 'read-by'
  | 'slowfs'
  | 'try-syscall';

/** The fixture can't be built here: the compiler or a library is missing, or the source has a fault. */
export class FixtureError extends Error {
  override readonly name = 'FixtureError';
}

const SOURCES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../../build/fixtures/', import.meta.url));
const FLAGS = '-std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64'.split(' ');
const LIBRARIES: Partial<Record<FixtureName, string>> = { slowfs: 'fuse3' };

const built = new Map<FixtureName, string>();

/**
 * The path of a fixture's program, compiled when its source, its flags or its header changed.
 * It blocks (a second, once), so that capability probes can ask while tests are being collected.
 */
export function fixture(name: FixtureName): string {
  const known = built.get(name);
  if (known !== undefined && existsSync(known)) return known;

  const source = path.join(SOURCES, `${name}.c`);
  const library = LIBRARIES[name];
  const links = library === undefined ? [] : packageFlags(library);
  const hash = createHash('sha256')
    .update(readFileSync(source))
    .update(readFileSync(path.join(SOURCES, 'common.h')))
    .update(JSON.stringify([FLAGS, links, process.arch]))
    .digest('hex')
    .slice(0, 16);
  const program = path.join(OUTPUT, `${name}-${hash}`);
  if (!existsSync(program)) {
    mkdirSync(OUTPUT, { recursive: true });
    // Under another name first: two test runs may compile at once, and a running program can't be written to.
    const partial = `${program}.${process.pid}.partial`;
    compile([...FLAGS, source, '-o', partial, ...links], name);
    renameSync(partial, program);
  }
  built.set(name, program);
  return program;
}

function compile(args: readonly string[], name: string): void {
  const result = spawnSync('cc', args, { encoding: 'utf8', timeout: 60_000 });
  if (result.error !== undefined)
    throw new FixtureError(`cc: ${result.error.message}`, { cause: result.error });
  if (result.status !== 0) throw new FixtureError(`cc failed on ${name}.c\n${result.stderr}`);
}

function packageFlags(library: string): readonly string[] {
  const result = spawnSync('pkg-config', ['--cflags', '--libs', library], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (result.error !== undefined || result.status !== 0) {
    throw new FixtureError(
      `pkg-config doesn't find ${library} (${result.error?.message ?? result.stderr.trim()})`,
    );
  }
  return result.stdout.trim().split(/\s+/);
}
