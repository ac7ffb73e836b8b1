import { readFileSync, rmdirSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastResort } from './last-resort.ts';
import { mountTable } from './mount-table.ts';
import { type Running, type RunOptions, type RunResult, run, start } from './run.ts';

/** Where the memory controller of cgroup v1 is mounted, if it is. */
export function memoryControllerV1(): string | undefined {
  return mountTable().find((entry) => entry.type === 'cgroup' && entry.options.includes('memory'))?.path;
}

/** A cgroup v1 memory cgroup. Disposing ends what still runs in it and removes it. */
export class MemoryCgroup implements AsyncDisposable {
  readonly path: string;
  readonly #settled: () => void;
  #removed = false;

  constructor(directory: string) {
    this.path = directory;
    this.#settled = lastResort(() => {
      this.#killMembers();
      rmdirSync(directory);
    });
  }

  /** Runs a program that is in the cgroup from its first instruction on. */
  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run('sh', this.#entering(command, args), options);
  }

  /** Starts a program in the cgroup and leaves it running. */
  start(command: string, args: readonly string[], options: RunOptions = {}): Running {
    return start('sh', this.#entering(command, args), options);
  }

  /** Bytes charged to it now, page cache included. */
  async usage(): Promise<number> {
    return Number(await readFile(path.join(this.path, 'memory.usage_in_bytes'), 'utf8'));
  }

  /** A line of its `memory.stat`: `cache`, `rss`, `mapped_file`, … */
  async stat(name: string): Promise<number> {
    const text = await readFile(path.join(this.path, 'memory.stat'), 'utf8');
    const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(text);
    if (match === null) throw new Error(`memory.stat has no ${name}`);
    return Number(match[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#removed) return;
    // A member that is ending, and charges that are being handed up, both answer EBUSY for a moment.
    for (let attempt = 0; ; attempt++) {
      this.#killMembers();
      try {
        await rmdir(this.path);
        break;
      } catch (error) {
        if (attempt === 100) throw error;
        await delay(20);
      }
    }
    this.#removed = true;
    this.#settled();
  }

  #entering(command: string, args: readonly string[]): readonly string[] {
    return ['-c', 'echo $$ > "$0" && exec "$@"', path.join(this.path, 'cgroup.procs'), command, ...args];
  }

  #killMembers(): void {
    for (const line of readFileSync(path.join(this.path, 'cgroup.procs'), 'utf8').split('\n')) {
      const pid = Number(line);
      if (pid > 0) killQuietly(pid);
    }
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

let made = 0;

/** A new memory cgroup with a limit, beside (not below) the one that the tests themselves run in. */
export async function memoryCgroup(limitBytes: number): Promise<MemoryCgroup> {
  const controller = memoryControllerV1();
  if (controller === undefined) throw new Error('the memory controller of cgroup v1 is not mounted');
  const directory = path.join(controller, `warmset-test-${process.pid}-${made++}`);
  await mkdir(directory);
  const cgroup = new MemoryCgroup(directory);
  try {
    await writeFile(path.join(directory, 'memory.limit_in_bytes'), String(limitBytes));
  } catch (error) {
    await cgroup[Symbol.asyncDispose]();
    throw error;
  }
  return cgroup;
}
