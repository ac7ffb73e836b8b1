import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { type Readable, Writable } from 'node:stream';
import { isSystemError } from '../../errors.ts';
import type { RawPath } from '../../native/addon-types.ts';
import { createPipe } from '../../native/process.ts';
import { type ServerExit, whyNotStarted } from './exit.ts';
import { Relay } from './relay.ts';
import type { ByteSink } from './sink.ts';
import { needsTrampoline, trampoline } from './trampoline.ts';

export type OutputName = 'stdout' | 'stderr';

/** Where a stream of the server goes: it is ours, nobody's, or we carry it on and can read along. */
export type OutputChoice = 'inherit' | 'ignore' | ByteSink;

export interface ChildOptions {
  /** The program, looked for in PATH unless it has a slash, and its arguments. */
  readonly command: readonly RawPath[];
  /** `NAME=value`, all of it. @default this process's */
  readonly environment?: readonly RawPath[] | undefined;
  readonly cwd?: string | undefined;
  readonly stdin: 'inherit' | 'ignore';
  readonly stdout: OutputChoice;
  readonly stderr: OutputChoice;
  /** stdout and stderr are the same file: one pipe for both keeps their order, and says `stdout` of both. */
  readonly joined?: boolean | undefined;
  readonly onOutput: (stream: OutputName, chunk: Buffer) => void;
}

/** A server's first process. */
export interface Child {
  /** Null when it could not be started. */
  readonly pid: number | null;
  /** Never rejects. */
  readonly ended: Promise<ServerExit>;
  /** The same, when all that it wrote is written. */
  readonly exited: Promise<ServerExit>;
  /** False when it is gone. */
  kill(signal: NodeJS.Signals): boolean;
}

/** A child of ours, while nobody else has taken it over. */
export interface SpawnedChild extends Child {
  /** What carries its output on. */
  readonly relays: readonly Relay[];
  /** Whether nobody was told yet how it ended, and all that it needs of us to begin has been given. */
  isOurs(): boolean;
}

interface Carried {
  /** What spawn gets for it. */
  readonly stdio: 'inherit' | 'ignore' | 'pipe' | number;
  /** Our end, once the child has the other. */
  readonly connect: ((from: Readable | null) => Relay) | null;
}

/** Starts a command with its streams as they are or carried on. Never throws: what can't be started has ended. */
export function spawnChild(options: ChildOptions): SpawnedChild {
  const { command, environment, cwd } = options;
  const raw = needsTrampoline(command, environment)
    ? trampoline(command, environment ?? currentEnvironment())
    : null;
  const [file = '', ...args] = raw ? [raw.file, ...raw.args] : command.map(String);
  const stdout = carry(options.stdout, (chunk) => options.onOutput('stdout', chunk));
  const stderr = options.joined
    ? { stdio: stdout.stdio === 'pipe' ? ('inherit' as const) : stdout.stdio, connect: null }
    : carry(options.stderr, (chunk) => options.onOutput('stderr', chunk));
  let child: ChildProcess;
  try {
    child = spawn(file, args, {
      stdio: [options.stdin, stdout.stdio, stderr.stdio, ...(raw ? (['pipe'] as const) : [])],
      ...(environment && !raw ? { env: toEnv(environment) } : {}),
      ...(cwd === undefined ? {} : { cwd }),
    });
  } catch (error) {
    // Some failures of spawn come at once, E2BIG among them.
    return notStarted(String(command[0]), codeOf(error), cwd);
  } finally {
    for (const fd of new Set([stdout.stdio, stderr.stdio])) if (typeof fd === 'number') closeSync(fd);
  }
  const relays = [stdout.connect?.(child.stdout), stderr.connect?.(child.stderr)].filter(
    (one) => one !== undefined,
  );
  const letter = raw ? sendLetter(child, raw.letter) : null;
  const ended = new Promise<ServerExit>((resolve) => {
    child.once('error', (error) => {
      // Also said of a signal that could not be sent, when there is a process.
      if (child.pid === undefined) resolve(failure(String(command[0]), codeOf(error), cwd));
    });
    child.once('exit', (code, signal) => {
      if (code !== null) resolve({ state: 'exited', code });
      else if (signal !== null) resolve({ state: 'signalled', signal });
    });
  });
  return {
    pid: child.pid ?? null,
    ended,
    exited: ended.then(async (exit) => {
      await Promise.all(relays.map((relay) => relay.finish()));
      return exit;
    }),
    kill: (signal) => child.kill(signal),
    relays,
    isOurs: () =>
      child.pid !== undefined &&
      child.exitCode === null &&
      child.signalCode === null &&
      (letter?.writableFinished ?? true),
  };
}

function carry(choice: OutputChoice, onChunk: (chunk: Buffer) => void): Carried {
  if (typeof choice === 'string') return { stdio: choice, connect: null };
  try {
    const { read, write } = createPipe();
    const source = new Socket({ fd: read, readable: true, writable: false });
    return { stdio: write, connect: () => new Relay(source, choice, onChunk) };
  } catch {
    // Without the addon it is a pair of sockets, which does for nearly every server.
    return {
      stdio: 'pipe',
      connect: (from) => new Relay(from instanceof Socket ? from : new Socket(), choice, onChunk),
    };
  }
}

function sendLetter(child: ChildProcess, letter: string): Writable | null {
  const pipe = child.stdio[3];
  if (!(pipe instanceof Writable)) return null;
  // Without a process there is nobody to read it.
  pipe.on('error', () => {});
  return pipe.end(letter);
}

function notStarted(file: string, code: string, cwd: string | undefined): SpawnedChild {
  const ended = Promise.resolve(failure(file, code, cwd));
  return { pid: null, ended, exited: ended, kill: () => false, relays: [], isOurs: () => false };
}

function failure(file: string, code: string, cwd: string | undefined): ServerExit {
  return { state: 'not-started', code, message: whyNotStarted(file, code, cwd) };
}

function codeOf(error: unknown): string {
  return isSystemError(error) ? error.code : 'EUNKNOWN';
}

function toEnv(environment: readonly RawPath[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    environment.map((entry) => {
      const text = String(entry);
      // A name may begin with `=`, a value may hold any.
      const at = text.indexOf('=', 1);
      return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function currentEnvironment(): string[] {
  return Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ''}`);
}
