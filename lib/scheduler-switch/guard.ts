import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for a line on a pipe that only its parent holds. `done` ends it; the end of the pipe, which the kernel brings
 * about however the parent ends, makes it put the scheduler back. A shell, because it must be small, and outlive Node.
 */
const SCRIPT = `trap '' HUP INT TERM
read -r word
[ "$word" = done ] && exit 0
printf %s "$1" > "$2" && rm -f "$3"`;

/** A process that puts a device's scheduler back when this one ends, even by SIGKILL. */
export class RestoreGuard {
  readonly #child: ChildProcess;

  constructor(scheduler: string, file: string, restoreFile: string) {
    // In a session of its own: what ends our group or terminal leaves it alone.
    this.#child = spawn('/bin/sh', ['-c', SCRIPT, 'warmset-restore', scheduler, file, restoreFile], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // It must not keep this process alive; that it ended early is seen in `dismiss`.
    this.#child.unref();
    this.#child.stdin?.on('error', () => undefined);
  }

  /** Resolves when it runs. */
  async started(): Promise<void> {
    if (this.#child.pid === undefined) await once(this.#child, 'spawn');
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** To be called when everything has been put back. */
  async dismiss(): Promise<void> {
    const { stdin, exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.ref();
    stdin?.end('done\n');
    await ended;
  }
}
