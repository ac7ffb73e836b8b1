import { mkdir, open } from 'node:fs/promises';
import { isMounted } from './mount-table.ts';
import { mountSlowfs, type SlowfsMount } from './mounts.ts';
import { mustRun, run } from './run.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temp.ts';

/** A read-only ext4 on a loop device whose image lies on a slow or failing FUSE mount: a slow or failing disk. */
export class SlowLoop implements AsyncDisposable {
  /** Where the ext4 is mounted. */
  readonly path: string;
  /** `/dev/loopN`. */
  readonly device: string;
  /** The image, as the loop device reads it. Its pages must be evicted for a read to be slow. */
  readonly image: string;
  readonly disk: SlowfsMount;
  readonly #directory: TemporaryDirectory;

  constructor(directory: TemporaryDirectory, disk: SlowfsMount, at: string, device: string) {
    this.#directory = directory;
    this.disk = disk;
    this.path = at;
    this.device = device;
    this.image = disk.file('image');
  }

  file(name: string): string {
    return `${this.path}/${name}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A read that hangs in the daemon would keep everything above it.
    await this.disk.set({});
    if (isMounted(this.path)) await run('umount', [this.path]);
    await run('losetup', ['--detach', this.device]);
    await this.disk[Symbol.asyncDispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

/** @param contents a directory whose files the new filesystem has, with room for `sizeBytes` */
export async function mountSlowLoop(contents: string, sizeBytes = 64 << 20): Promise<SlowLoop> {
  const directory = await temporaryDirectory('slow-loop');
  await mkdir(directory.file('backing'));
  await mkdir(directory.file('mnt'));
  const image = directory.file('backing', 'image');
  const handle = await open(image, 'w');
  await handle.truncate(sizeBytes);
  await handle.close();
  await mustRun('mkfs.ext4', ['-q', '-d', contents, image]);
  const disk = await mountSlowfs(directory.file('backing'));
  const device = (await mustRun('losetup', ['--find', '--show', '--read-only', disk.file('image')])).trim();
  const loop = new SlowLoop(directory, disk, directory.file('mnt'), device);
  try {
    await mustRun('mount', ['-t', 'ext4', '-o', 'ro,noload', device, loop.path]);
  } catch (error) {
    await loop[Symbol.asyncDispose]();
    throw error;
  }
  return loop;
}
