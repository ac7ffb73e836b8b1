import { readFileSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fixture } from './compile.ts';
import { isMounted } from './mount-table.ts';
import { mustRun, type Running, run, start } from './run.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temp.ts';

/** A mounted filesystem. Disposing unmounts it and removes what was made for it, whoever still uses it. */
export class Mount implements AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  readonly #directory: TemporaryDirectory;

  constructor(directory: TemporaryDirectory, mountpoint: string) {
    this.#directory = directory;
    this.path = mountpoint;
  }

  /** The path of `name` in it. */
  file(...name: string[]): string {
    return path.join(this.path, ...name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (isMounted(this.path)) await run('umount', [this.path]);
    // What a busy filesystem refused, this detaches.
    await this.#directory[Symbol.asyncDispose]();
  }
}

/** Makes a directory with a mount point in it, has `mount` fill it, and leaves nothing behind when that fails. */
async function prepare<T>(
  label: string,
  mount: (directory: TemporaryDirectory, at: string) => Promise<T>,
): Promise<T> {
  const directory = await temporaryDirectory(label);
  try {
    const at = directory.file('mnt');
    await mkdir(at, { mode: 0o755 });
    return await mount(directory, at);
  } catch (error) {
    await directory[Symbol.asyncDispose]();
    throw error;
  }
}

/** An empty tmpfs. */
export async function mountTmpfs(sizeBytes = 64 << 20): Promise<Mount> {
  return prepare('tmpfs', async (directory, at) => {
    await mustRun('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=755`, 'warmset-test', at]);
    return new Mount(directory, at);
  });
}

/** A read-only view of an existing directory. */
export async function bindReadOnly(source: string): Promise<Mount> {
  return prepare('bind', async (directory, at) => {
    await mustRun('mount', ['--bind', source, at]);
    await mustRun('mount', ['-o', 'remount,bind,ro', at]);
    return new Mount(directory, at);
  });
}

/** A view of a directory in which only these users and groups have numbers, others than below. */
export async function mountIdmapped(
  source: string,
  map: { readonly inside: number; readonly outside: number; readonly count: number },
): Promise<Mount> {
  return prepare('idmapped', async (directory, at) => {
    const numbers = [map.inside, map.outside, map.count].map(String);
    await mustRun(fixture('idmap-mount'), [source, at, ...numbers]);
    return new Mount(directory, at);
  });
}

export class OverlayMount extends Mount {
  /** Where changes land. */
  readonly upper: string;

  constructor(directory: TemporaryDirectory, at: string, upper: string) {
    super(directory, at);
    this.upper = upper;
  }
}

/** A writable overlay over `lower`, which must not be changed while it is mounted. */
export async function mountOverlay(
  lower: string | readonly string[],
  more: readonly string[] = [],
): Promise<OverlayMount> {
  return prepare('overlay', async (directory, at) => {
    const upper = directory.file('upper');
    const work = directory.file('work');
    await mkdir(upper, { mode: 0o755 });
    await mkdir(work);
    const lowers = (typeof lower === 'string' ? [lower] : lower).join(':');
    const options = [`lowerdir=${lowers},upperdir=${upper},workdir=${work}`, ...more].join(',');
    await mustRun('mount', ['-t', 'overlay', '-o', options, 'warmset-test', at]);
    return new OverlayMount(directory, at, upper);
  });
}

export type LoopFilesystem = 'btrfs' | 'ext4' | 'xfs';

// Below these mkfs refuses. The image is sparse: the size costs nothing.
const SMALLEST: Readonly<Record<LoopFilesystem, number>> = {
  btrfs: 128 << 20,
  ext4: 16 << 20,
  xfs: 320 << 20,
};

export class LoopMount extends Mount {
  /** `/dev/loopN`, there until the last user of the mount is gone. */
  readonly device: string;

  constructor(directory: TemporaryDirectory, at: string, device: string) {
    super(directory, at);
    this.device = device;
  }
}

/**
 * A fresh filesystem in a sparse image on the disk.
 * The loop device reads the image with O_DIRECT: otherwise a "cold" read would come from the image's own cache.
 */
export async function mountLoop(kind: LoopFilesystem, sizeBytes = SMALLEST[kind]): Promise<LoopMount> {
  if (sizeBytes < SMALLEST[kind]) throw new RangeError(`${kind} needs at least ${SMALLEST[kind]} bytes`);
  return prepare(kind, async (directory, at) => {
    const image = directory.file('image');
    const handle = await open(image, 'w');
    await handle.truncate(sizeBytes);
    await handle.close();
    await mustRun(`mkfs.${kind}`, ['-q', image], { timeoutMs: 60_000 });
    const device = (await mustRun('losetup', ['--find', '--show', '--direct-io=on', image])).trim();
    try {
      await mustRun('mount', ['-t', kind, device, at]);
    } finally {
      // Detaching a device in use only marks it: the kernel frees it with the last unmount, however that comes.
      await mustRun('losetup', ['--detach', device]);
    }
    return new LoopMount(directory, at, device);
  });
}

export interface SlowfsFaults {
  /** Every read takes so much longer. */
  readonly delayUs?: number;
  /** A read that touches this byte, or one after it, fails with EIO. */
  readonly eioFrom?: number;
  /** Ends what `eioFrom` begins: this byte, and those after it, are fine again. */
  readonly eioUntil?: number;
  /** Confines EIO to paths with this ending; alone it means every read of them. */
  readonly eioPath?: string;
}

export interface SlowfsOptions {
  /** From the first read on. @default no delay, no error */
  readonly faults?: SlowfsFaults;
  /** No page cache at all. @default false */
  readonly directIo?: boolean;
  /** Each open empties the page cache, as with most FUSE daemons. @default false */
  readonly dropOnOpen?: boolean;
}

/** A read-only FUSE mirror of a directory whose reads are slow or fail. */
export class SlowfsMount extends Mount {
  readonly #daemon: Running;
  readonly #control: string;
  readonly #stats: string;

  constructor(directory: TemporaryDirectory, at: string, daemon: Running) {
    super(directory, at);
    this.#daemon = daemon;
    this.#control = directory.file('control');
    this.#stats = directory.file('stats');
  }

  get pid(): number | undefined {
    return this.#daemon.pid;
  }

  /** Replaces the faults, from the next read on. */
  async set(faults: SlowfsFaults): Promise<void> {
    await writeControl(this.#control, faults);
  }

  /** What the kernel has asked the daemon for and got, so far. */
  stats(): { readonly reads: number; readonly bytes: number } {
    const text = readFileSync(this.#stats, 'utf8');
    const match = /^reads (\d+)\nbytes (\d+)\n/.exec(text);
    if (match === null) throw new Error(`stats not understood: ${text}`);
    return { reads: Number(match[1]), bytes: Number(match[2]) };
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    if (isMounted(this.path)) await run('umount', [this.path]);
    // Unmounted, it ends by itself. A busy or sleeping one would keep its readers waiting: killing it frees them.
    if (isMounted(this.path)) this.#daemon.kill('SIGKILL');
    await this.#daemon.stop();
    await super[Symbol.asyncDispose]();
  }
}

export async function mountSlowfs(backing: string, options: SlowfsOptions = {}): Promise<SlowfsMount> {
  return prepare('slowfs', async (directory, at) => {
    const control = directory.file('control');
    await writeControl(control, options.faults ?? {});
    const flags = [`--stats=${directory.file('stats')}`];
    if (options.directIo === true) flags.push('--direct-io');
    if (options.dropOnOpen === true) flags.push('--drop-on-open');
    const daemon = start(fixture('slowfs'), [backing, control, at, ...flags]);
    try {
      await daemon.saw(/^ready$/m);
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    return new SlowfsMount(directory, at, daemon);
  });
}

async function writeControl(file: string, faults: SlowfsFaults): Promise<void> {
  const lines: string[] = [];
  if (faults.delayUs !== undefined) lines.push(`delay_us ${faults.delayUs}`);
  if (faults.eioFrom !== undefined) lines.push(`eio_from ${faults.eioFrom}`);
  if (faults.eioUntil !== undefined) lines.push(`eio_until ${faults.eioUntil}`);
  if (faults.eioPath !== undefined) lines.push(`eio_path ${faults.eioPath}`);
  const next = `${file}.next`;
  await writeFile(next, lines.map((line) => `${line}\n`).join(''));
  await rename(next, file);
}
