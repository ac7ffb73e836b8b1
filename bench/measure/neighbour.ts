import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { program } from './programs.ts';

/** How long a neighbour's reads took, in seconds. */
export interface Waits {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

const PAUSE_US = 3_000;

/** Somebody who isn't ours and reads 64 KiB every few milliseconds, past the page cache. Disposing ends it. */
export class Neighbour implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = '';

  private constructor(file: string) {
    this.#child = spawn(program('neighbour'), [file, String(PAUSE_US)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
  }

  static async begin(file: string): Promise<Neighbour> {
    const neighbour = new Neighbour(file);
    await once(neighbour.#child.stdout ?? neighbour.#child, 'data');
    return neighbour;
  }

  async end(): Promise<Waits> {
    await this[Symbol.asyncDispose]();
    const match = /p50 (\S+) p95 (\S+) p99 (\S+) max (\S+)/.exec(this.#output);
    if (!match) throw new Error(`the neighbour said ${JSON.stringify(this.#output)}`);
    const [p50 = 0, p95 = 0, p99 = 0, most = 0] = match.slice(1).map((ms) => Number(ms) / 1000);
    return { p50, p95, p99, most };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }
}
