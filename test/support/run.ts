import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { lastResort } from './last-resort.ts';

/** Debian's, Fedora's and Alpine's `nobody`. */
export const NOBODY = 65_534;

export interface RunOptions {
  /** Runs as this user, and as the group of the same number unless `gid` says otherwise. */
  readonly uid?: number;
  readonly gid?: number;
  /** The whole environment. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Then SIGTERM, and SIGKILL two seconds later, to the process and all that it started. @default 20_000 */
  readonly timeoutMs?: number;
  /** Written to stdin, which then ends. */
  readonly input?: string;
}

export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const GRACE_MS = 2_000;

/** Runs a program to its end. A failing program is a result; only one that can't be started rejects. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const running = start(command, args, options);
  running.stdin.end(options.input ?? '');
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void running.stop();
  }, options.timeoutMs ?? 20_000);
  try {
    return { ...(await running.ended), timedOut };
  } finally {
    clearTimeout(timer);
  }
}

/** Like {@link run}, for programs that must succeed: rejects with what they said. Returns stdout. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    const end = result.timedOut ? 'ran out of time' : `ended with ${result.code ?? result.signal}`;
    throw new Error(`${command} ${args.join(' ')} ${end}\n${result.stderr}${result.stdout}`.trimEnd());
  }
  return result.stdout;
}

/** A program that runs beside the test. Disposing stops it. */
export class Running implements AsyncDisposable {
  readonly ended: Promise<Omit<RunResult, 'timedOut'>>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #stdout = '';
  #stderr = '';
  #over = false;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, name: string) {
    this.#child = child;
    const settled = lastResort(() => this.#signal('SIGKILL'));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    // A program that never reads its stdin is no failure of the test.
    child.stdin.on('error', () => {});
    this.ended = new Promise((resolve, reject) => {
      child.once('error', (cause) => {
        this.#over = true;
        settled();
        reject(new Error(`${name} could not be started: ${cause.message}`, { cause }));
      });
      // Not `exit`: what it started may still run, in its group, and hold the pipes.
      child.once('close', (code, signal) => {
        this.#over = true;
        settled();
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
    // Whoever awaits `ended` sees the failure; nobody has to.
    this.ended.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when stdout matches; rejects when the program ends first, or after `timeoutMs`. */
  async saw(pattern: RegExp, timeoutMs = 10_000): Promise<RegExpExecArray> {
    const limit = performance.now() + timeoutMs;
    while (true) {
      const match = pattern.exec(this.#stdout);
      if (match !== null) return match;
      if (this.#over) {
        const { code, signal, stderr } = await this.ended;
        throw new Error(
          `the program ended (${code ?? signal}) before it printed ${pattern}\n${stderr}`.trimEnd(),
        );
      }
      if (performance.now() > limit) throw new Error(`nothing matched ${pattern} in ${timeoutMs} ms`);
      await delay(5);
    }
  }

  /** Signals the program and everything in its process group. */
  kill(signal: NodeJS.Signals): void {
    this.#signal(signal);
  }

  /** SIGTERM, then SIGKILL; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    const harder = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    // A grandchild that left the group can keep the pipes open for ever.
    const enough = setTimeout(() => {
      this.#child.stdout.destroy();
      this.#child.stderr.destroy();
    }, 2 * GRACE_MS);
    await this.ended.catch(() => {});
    clearTimeout(harder);
    clearTimeout(enough);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    // Only while it is ours: a pid that has ended may be someone else's by now.
    if (pid === undefined || this.#over) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It ended between the two lines.
    }
  }
}

/** Starts a program and leaves it running; `input` and `timeoutMs` are for {@link run}. */
export function start(command: string, args: readonly string[], options: RunOptions = {}): Running {
  const gid = options.gid ?? options.uid;
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group, so that what it started can be ended with it and nothing else is.
    detached: true,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return new Running(child, command);
}
