import { spawn } from 'node:child_process';
import { program } from './programs.ts';

/** What a process and those it waited for cost. Seconds and bytes. */
export interface Cost {
  readonly wall: number;
  readonly user: number;
  readonly sys: number;
  readonly peakMemory: number;
  readonly exit: number;
}

export interface RunOptions {
  /** Names for standard input, which are many: each ends with a zero byte. */
  readonly paths?: readonly string[] | undefined;
  /** The output isn't wanted, and there may be gigabytes of it. */
  readonly discard?: boolean | undefined;
  /** Exit codes that aren't a failure. @default [0] */
  readonly accept?: readonly number[] | undefined;
}

export interface Finished {
  readonly cost: Cost;
  readonly stdout: string;
}

const LIMIT_MS = 300_000;

/** Runs a command to its end and says what it cost. Rejects when it fails, which is the end of that trial only. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { code, stdout, stderr, report } = await collect(
    [program('measure'), ...(options.discard ? ['-o', '/dev/null'] : []), '--', ...command],
    options.paths,
  );
  const words = command.join(' ').slice(0, 80);
  if (code !== 0) throw new Error(`${words}: ${stderr.trim() || `measure ended with ${code}`}`);
  const cost = JSON.parse(report) as Cost;
  if (!(options.accept ?? [0]).includes(cost.exit)) {
    throw new Error(`${words} ended with ${cost.exit}: ${stderr.trim().slice(0, 300)}`);
  }
  return { cost, stdout };
}

/** The same for a program that answers in JSON. */
export async function ask<T>(command: readonly string[], options: RunOptions = {}): Promise<T> {
  return JSON.parse((await run(command, options)).stdout) as T;
}

interface Collected {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: string;
}

const running = new Set<number>();

/** Ends what is running, with its children: a trial that is left alone would disturb whoever comes next. */
export function endAll(): void {
  for (const group of running) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

async function collect(command: readonly string[], paths: readonly string[] = []): Promise<Collected> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  const timer = setTimeout(() => endAll(), LIMIT_MS);
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code ?? 137));
    });
    // A program that doesn't read its input isn't wrong.
    child.stdin.on('error', () => undefined);
    child.stdin.end(paths.map((path) => `${path}\0`).join(''));
    const [stdout, stderr, report, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      text(child.stdio[3] as NodeJS.ReadableStream),
      ended,
    ]);
    return { code, stdout, stderr, report };
  } finally {
    clearTimeout(timer);
    if (pid !== undefined) running.delete(pid);
  }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
