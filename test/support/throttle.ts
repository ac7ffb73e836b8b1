import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { capability } from './capabilities.ts';

const CONTROLLER = '/sys/fs/cgroup/blkio';
const LIMIT = 'blkio.throttle.read_bps_device';

export const blkioThrottle = capability('cgroup v1 blkio throttle', () =>
  existsSync(path.join(CONTROLLER, LIMIT)) ? undefined : 'not mounted',
);

let made = 0;

/** A cgroup v1 whose members read one device no faster than they are let. Disposing lets go what it holds back. */
export class ThrottledCgroup implements AsyncDisposable {
  readonly path: string;
  readonly #device: string;

  constructor(directory: string, device: string) {
    this.path = directory;
    this.#device = device;
  }

  /** A command line that begins with this runs in the cgroup. */
  get entering(): readonly string[] {
    return ['sh', '-c', 'echo $$ > "$0" && exec "$@"', path.join(this.path, 'cgroup.procs')];
  }

  /** Puts a process into it, with all its threads. Others are put back where they were before. */
  async enter(pid: number): Promise<AsyncDisposable> {
    await writeFile(path.join(this.path, 'cgroup.procs'), String(pid));
    return {
      [Symbol.asyncDispose]: () => writeFile(path.join(CONTROLLER, 'cgroup.procs'), String(pid)),
    };
  }

  /** 0: no limit. */
  async limit(bytesPerSecond: number): Promise<void> {
    await writeFile(path.join(this.path, LIMIT), `${this.#device} ${bytesPerSecond}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.limit(0);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await rmdir(this.path);
      } catch (error) {
        // Members that are ending.
        if (attempt === 100) throw error;
        await delay(50);
      }
    }
  }
}

/** @param device such as `/dev/loop3` */
export async function throttled(device: string, bytesPerSecond: number): Promise<ThrottledCgroup> {
  made += 1;
  const directory = path.join(CONTROLLER, `warmset-test-${process.pid}-${made}`);
  const number = (await readFile(`/sys/block/${path.basename(device)}/dev`, 'utf8')).trim();
  await mkdir(directory);
  const cgroup = new ThrottledCgroup(directory, number);
  await cgroup.limit(bytesPerSecond);
  return cgroup;
}
