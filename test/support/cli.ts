import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { type Running, type RunOptions, type RunResult, run, start } from './run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = path.join(ROOT, 'build/test-cli');

let bundled: Promise<string> | undefined;

/** The command-line program as it is shipped. Bundled again when its sources changed. */
export function cliProgram(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const hash = createHash('sha256');
  const sources = readdirSync(path.join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' });
  for (const name of sources.filter((source) => source.endsWith('.ts')).sort()) {
    hash.update(name).update(readFileSync(path.join(ROOT, 'lib', name)));
  }
  const directory = path.join(OUTPUT, hash.digest('hex').slice(0, 16));
  const program = path.join(directory, 'cli.js');
  if (existsSync(program)) return program;
  // Under another name first: several test runs may bundle at once.
  const partial = `${directory}.${process.pid}`;
  await build({
    config: false,
    silent: true,
    entry: { cli: path.join(ROOT, 'lib/cli/main.ts') },
    format: 'esm',
    target: 'node20',
    splitting: true,
    outDir: partial,
  });
  await rename(partial, directory).catch(() => rm(partial, { recursive: true }));
  return program;
}

/** Nothing of the terminal that the tests were started from. */
export const BARE_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  LC_ALL: 'C',
};

/** Runs the program to its end, with pipes for its three streams. */
export async function cli(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const program = await cliProgram();
  return run(process.execPath, [program, ...args], { env: BARE_ENVIRONMENT, ...options });
}

/** Starts the program and leaves it running. */
export async function startCli(args: readonly string[], options: RunOptions = {}): Promise<Running> {
  const program = await cliProgram();
  return start(process.execPath, [program, ...args], { env: BARE_ENVIRONMENT, ...options });
}

/**
 * Runs a shell script in which `$W` is the program: for redirections and pipes.
 * Its further words are `$1`, `$2`, …
 */
export async function shell(
  script: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<RunResult> {
  const env = { ...BARE_ENVIRONMENT, ...options.env, W: `${process.execPath} ${await cliProgram()}` };
  // --norc: Node's pipes are sockets, and bash takes a socket for a remote login.
  return run('bash', ['--norc', '-c', script, 'bash', ...args], { ...options, env });
}

/** The one JSON document that a `--json` run prints. */
export function json(result: RunResult): Record<string, unknown> {
  const value: unknown = JSON.parse(result.stdout);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no JSON object');
  return value as Record<string, unknown>;
}
