import path from 'node:path';
import { bundle } from './bundle.ts';
import { documents } from './documents.ts';
import { type Running, type RunOptions, type RunResult, run, start } from './run.ts';

/** The command-line program as it is shipped. */
export async function cliProgram(): Promise<string> {
  return path.join(await bundle(), 'cli.js');
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

/** The one JSON document that a `--json` run prints, compared with what docs/json.md says of it. */
export function json(result: RunResult): Record<string, unknown> {
  const value: unknown = JSON.parse(result.stdout);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no JSON object');
  const document = value as Record<string, unknown>;
  documents.check(document);
  return document;
}
