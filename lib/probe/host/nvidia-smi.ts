import { type ChildProcess, spawn } from 'node:child_process';
import type { GpuSample } from './types.ts';

const QUERY = 'index,memory.used,memory.total,utilization.gpu';
// A driver that says something else is not to fill our memory.
const LONGEST_LINE = 1_024;
const MOST_GPUS = 64;
const MIB = 2 ** 20;
// Then it hangs in the driver, and SIGKILL is all that is left.
const GRACE_MS = 1_000;

/** Pure reading of a line of `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`; `null` for any other line. */
export function parseGpuLine(line: string): GpuSample | null {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length !== 4 || !/^\d{1,3}$/.test(fields[0] ?? '')) return null;
  // [N/A] of a MIG device or of unified memory, [Not Supported] of an old one.
  const [used, total, percent] = fields
    .slice(1)
    .map((field) => (/^\d{1,9}(\.\d+)?$/.test(field) ? Number(field) : null));
  return {
    index: Number(fields[0]),
    memoryUsed: used == null ? null : used * MIB,
    memoryTotal: total == null ? null : total * MIB,
    utilisation: percent == null || percent > 100 ? null : percent / 100,
  };
}

/**
 * GPUs as `nvidia-smi` sees them. It runs once and prints again and again: to start it takes up to a second each time
 * where the driver isn't kept loaded. Without it, or when it fails, there are none.
 */
export class GpuWatch implements AsyncDisposable {
  readonly #latest = new Map<number, GpuSample>();
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #rest = '';
  #over = false;

  /** @param program @default 'nvidia-smi' */
  constructor(everyMs: number, program = 'nvidia-smi') {
    const words = [
      `--query-gpu=${QUERY}`,
      '--format=csv,noheader,nounits',
      `--loop-ms=${Math.max(100, everyMs)}`,
    ];
    // A process group of its own: what a wrapper script started ends with it.
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.once('error', () => resolve());
      // Not `close`: what it started may hold the pipe for longer than it lives itself.
      child.once('exit', () => resolve());
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    // What it said last is no longer so.
    void this.#gone.then(() => {
      this.#over = true;
      this.#latest.clear();
    });
  }

  /** By index; empty until it said something. */
  latest(): readonly GpuSample[] {
    return [...this.#latest.values()].sort((a, b) => a.index - b.index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal('SIGTERM');
    const harder = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    await this.#gone;
    clearTimeout(harder);
    this.#child.stdout?.destroy();
  }

  #signal(name: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child;
    // Only while it is ours: the number of a process that has ended may be another one's by now.
    if (pid === undefined || this.#over) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It ended between the two lines.
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) {
      const gpu = parseGpuLine(line);
      if (gpu && !this.#over && (this.#latest.has(gpu.index) || this.#latest.size < MOST_GPUS))
        this.#latest.set(gpu.index, gpu);
    }
  }
}
