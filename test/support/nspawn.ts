import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lastResort } from './last-resort.ts';
import { mustRun, type Running, type RunOptions, type RunResult, run, start } from './run.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temp.ts';

const BOOT_MS = 15_000;

// Only what every service comes after: nothing that this machine has enabled.
const TARGET = `[Unit]
Description=Warmset's tests
Requires=basic.target
After=basic.target
AllowIsolate=yes
`;

/**
 * A systemd of its own over this machine's root: changes go to memory and end with it. The host's files are those of an
 * overlay, except for what is bound.
 */
export class Container implements AsyncDisposable {
  /** Where its root is on the host: files can be put there before `boot` and read later. */
  readonly root: string;
  readonly #directory: TemporaryDirectory;
  #nspawn: Running | null = null;
  #leader = '';
  // A killed nspawn leaves what it started.
  readonly #settled = lastResort(() => endOrphan(this.#leader));

  constructor(directory: TemporaryDirectory, root: string) {
    this.#directory = directory;
    this.root = root;
  }

  /** @param bind host directories, read-only there, by where they are to be */
  async boot(bind: Readonly<Record<string, string>> = {}): Promise<void> {
    const binds = Object.entries(bind).map(([at, host]) => `--bind-ro=${host}:${at}`);
    const args = ['--quiet', '--directory', this.root, '--boot', '--private-network', '--register=no'];
    const more = ['--keep-unit', '--link-journal=no', '--console=pipe', ...binds];
    this.#nspawn = start('systemd-nspawn', [...args, ...more, '--', '--unit=warmset-test.target'], {
      // nspawn's own filter hides cachestat. What the services in it are forbidden is theirs, and stays.
      env: { ...process.env, SYSTEMD_SECCOMP: '0' },
    });
    const { pid } = this.#nspawn;
    for (const limit = performance.now() + BOOT_MS; performance.now() < limit; await delay(50)) {
      this.#leader = firstChild(pid);
      if (this.#leader === '') continue;
      const state = await this.run('systemctl', ['is-system-running']);
      if (/^(running|degraded)$/m.test(state.stdout)) return;
    }
    throw new Error(`it doesn't boot\n${this.#nspawn.stderr}${this.#nspawn.stdout}`);
  }

  /** Runs a program in it, as root. */
  run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run('nsenter', ['--target', this.#leader, '--all', command, ...args], options);
  }

  /** Like {@link run}; rejects with what the program said where it fails. */
  mustRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return mustRun('nsenter', ['--target', this.#leader, '--all', command, ...args], options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const groups = cgroupsOf(this.#leader);
    if (this.#leader !== '') await this.run('systemctl', ['exit'], { timeoutMs: 5_000 });
    await this.#nspawn?.stop();
    endOrphan(this.#leader);
    this.#settled();
    // With --keep-unit nobody else takes them away. Only empty ones go.
    const all = groups.flatMap((group) => [group, `${path.dirname(group)}/supervisor`]);
    for (const group of all) await run('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
    await this.#directory[Symbol.asyncDispose]();
  }
}

function firstChild(pid: number | undefined): string {
  return readOr(`/proc/${pid}/task/${pid}/children`).trim().split(' ')[0] ?? '';
}

/** Nothing, of a process that isn't there. */
function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function endOrphan(leader: string): void {
  // A number that is somebody else's by now has other cgroups.
  if (cgroupsOf(leader).length > 0) process.kill(Number(leader), 'SIGKILL');
}

/** The cgroups that nspawn made for it, in whichever hierarchies this machine has. */
function cgroupsOf(leader: string): readonly string[] {
  const lines = readOr(`/proc/${leader}/cgroup`).split('\n');
  const paths = lines.flatMap((line) => /^\d+:(?:name=systemd)?:(.*\/payload)\//.exec(line)?.[1] ?? []);
  const roots = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'];
  return roots.flatMap((root) => paths.map((group) => root + group)).filter((group) => existsSync(group));
}

/** A container that isn't booted yet. */
export async function prepareContainer(): Promise<Container> {
  const directory = await temporaryDirectory('nspawn');
  try {
    const memory = directory.file('memory');
    const root = directory.file('root');
    await mkdir(memory);
    await mkdir(root);
    // An upper directory on the disk would lie within the lower one, which overlayfs refuses.
    await mustRun('mount', ['-t', 'tmpfs', '-o', 'size=256m,mode=755', 'warmset-test', memory]);
    await mkdir(`${memory}/upper`);
    await mkdir(`${memory}/work`);
    const layers = `lowerdir=/,upperdir=${memory}/upper,workdir=${memory}/work`;
    await mustRun('mount', ['-t', 'overlay', '-o', layers, 'warmset-test', root]);
    // What this machine has enabled is none of the container's business, and two machines need two names.
    await mustRun('sh', [
      '-ec',
      `rm -rf "$1"/etc/systemd/system; mkdir "$1"/etc/systemd/system
       printf '%s' "$2" > "$1"/etc/systemd/system/warmset-test.target
       od -An -N16 -tx1 /dev/urandom | tr -d ' ' > "$1"/etc/machine-id`,
      'sh',
      root,
      TARGET,
    ]);
    return new Container(directory, root);
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
}
