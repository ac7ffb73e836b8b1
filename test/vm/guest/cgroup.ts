import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** A cgroup of version 2 with memory and io, and one below it in which processes run. */
export class Cgroups {
  readonly outer: string;
  readonly inner: string;

  private constructor(name: string) {
    this.outer = path.join(ROOT, name);
    this.inner = path.join(this.outer, 'inner');
  }

  static async make(name: string): Promise<Cgroups> {
    const made = new Cgroups(name);
    await writeFile(path.join(ROOT, 'cgroup.subtree_control'), '+memory +io');
    await mkdir(made.outer);
    await writeFile(path.join(made.outer, 'cgroup.subtree_control'), '+memory +io');
    await mkdir(made.inner);
    return made;
  }

  /** Takes the calling process in while the work is done. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    await writeFile(path.join(this.inner, 'cgroup.procs'), String(process.pid));
    try {
      return await work();
    } finally {
      await writeFile(path.join(ROOT, 'cgroup.procs'), String(process.pid));
    }
  }

  async remove(): Promise<void> {
    await rmdir(this.inner);
    await rmdir(this.outer);
  }
}

export const setLimit = (cgroup: string, file: string, value: string): Promise<void> =>
  writeFile(path.join(cgroup, file), value);

export async function readNumber(cgroup: string, file: string): Promise<number> {
  return Number(await readFile(path.join(cgroup, file), 'utf8'));
}

/** One line of `memory.events` or `memory.stat`. */
export async function readEntry(cgroup: string, file: string, name: string): Promise<number> {
  const lines = (await readFile(path.join(cgroup, file), 'utf8')).split('\n');
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
}
