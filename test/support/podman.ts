import { readdirSync, rmdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { lastResort } from './last-resort.ts';
import { mustRun, type Running, type RunOptions, type RunResult, run, start } from './run.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temp.ts';

// Ends what it is given: bash collects the orphans that come to process 1, and ends with its standard input.
const INIT = `mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /dev/shm && ip link set lo up || exit 1
echo ready
while read -r _; do :; done`;

/**
 * A podman of its own: storage in a temporary directory, locks in memory, and namespaces in which its networks and
 * mounts are. Nothing of it is seen on the machine, and whoever ends process 1 of its PID namespace ends every container.
 */
export class Podman implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #init: Running;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #settled: () => void;
  #removed = false;

  constructor(directory: TemporaryDirectory, init: Running, environment: NodeJS.ProcessEnv) {
    this.#directory = directory;
    this.#init = init;
    this.#environment = environment;
    this.#settled = lastResort(() => {
      init.kill('SIGKILL');
      removeCgroups(containersBelow(directory.file('storage')));
    });
  }

  /** The path of `name` in its temporary directory, which containers may be given volumes of. */
  file(...name: string[]): string {
    return this.#directory.file(...name);
  }

  /** Runs `podman ARGS` to its end. */
  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.runProgram('podman', args, options);
  }

  /** Like {@link run}; rejects with what podman said where it fails. */
  mustRun(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.mustRunProgram('podman', args, options);
  }

  /** Starts `podman ARGS` and leaves it running. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    return start('nsenter', this.#entering('podman', args, options.cwd), this.#within(options));
  }

  /** Runs another program where podman is: podman-compose, or a client of what a container serves. */
  runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run('nsenter', this.#entering(command, args, options.cwd), this.#within(options));
  }

  /** Like {@link runProgram}; rejects with what it said where it fails. */
  mustRunProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    return mustRun('nsenter', this.#entering(command, args, options.cwd), this.#within(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#removed) return;
    await this.run(['rm', '--all', '--force', '--time=0'], { timeoutMs: 30_000 });
    this.#init.kill('SIGKILL');
    await this.#init.ended;
    removeCgroups(containersBelow(this.#directory.file('storage')));
    this.#settled();
    await this.#directory[Symbol.asyncDispose]();
    this.#removed = true;
  }

  #entering(command: string, args: readonly string[], cwd = process.cwd()): readonly string[] {
    const { pid } = this.#init;
    // unshare itself stays in the old PID namespace; its children are in the new one.
    const into = ['--net', '--mount', `--pid=/proc/${pid}/ns/pid_for_children`, `--wdns=${cwd}`];
    return ['--target', String(pid), ...into, command, ...args];
  }

  #within(options: RunOptions): RunOptions {
    const environment = { ...(options.env ?? process.env), ...this.#environment };
    return { timeoutMs: 60_000, ...options, env: environment };
  }
}

/** Needs root, podman, runc and iproute2; the capability is `containers`. */
export async function startPodman(): Promise<Podman> {
  const directory = await temporaryDirectory('podman');
  try {
    const environment = await configure(directory);
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const init = start('unshare', [...namespaces, 'bash', '--norc', '-c', INIT]);
    const podman = new Podman(directory, init, environment);
    try {
      await init.saw(/^ready$/m);
      return podman;
    } catch (error) {
      await init.stop();
      throw error;
    }
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
}

async function configure(directory: TemporaryDirectory): Promise<NodeJS.ProcessEnv> {
  await mkdir(directory.file('networks'));
  const storage = directory.file('storage.conf');
  await writeFile(
    storage,
    `[storage]
driver = "overlay"
graphroot = "${directory.file('storage')}"
runroot = "/run/containers/storage"
`,
  );
  const containers = directory.file('containers.conf');
  // crun refuses hybrid cgroups, and without systemd on the bus somebody else has to make cgroups. Podman's own limits of
  // files and processes are above those of a test machine.
  await writeFile(
    containers,
    `[containers]
default_ulimits = []
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_config_dir = "${directory.file('networks')}"
`,
  );
  return { CONTAINERS_STORAGE_CONF: storage, CONTAINERS_CONF: containers };
}

const ID = /^[0-9a-f]{64}$/;

function containersBelow(storage: string): readonly string[] {
  return list(`${storage}/overlay-containers`).filter((name) => ID.test(name));
}

/** Those of containers that were ended without podman's knowledge, and then podman's own where nobody else needs it. */
function removeCgroups(ids: readonly string[]): void {
  const controllers = list('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`);
  for (const parent of ['/sys/fs/cgroup', ...controllers].map((base) => `${base}/libpod_parent`)) {
    for (const id of ids) {
      remove(`${parent}/libpod-${id}`);
      remove(`${parent}/libpod-conmon-${id}`);
    }
    remove(`${parent}/conmon`);
    remove(parent);
  }
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** A cgroup that isn't there, or is somebody's, stays as it is. */
function remove(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {
    // As said.
  }
}
