import { execFile } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const call = promisify(execFile);

export interface OwnDisk extends AsyncDisposable {
  readonly path: string;
}

/**
 * An ext4 of its own on a loop device, whose read-ahead is nobody else's. Needs root. The loop device reads past the page
 * cache, so that nothing is in it twice.
 */
export async function makeOwnDisk(directory: string, bytes: number, readAheadKb: number): Promise<OwnDisk> {
  const image = join(directory, 'disk.img');
  const path = join(directory, 'disk');
  const undo: (() => Promise<unknown>)[] = [() => rm(image, { force: true })];
  const dispose = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const handle = await open(image, 'wx');
    await handle.truncate(bytes).finally(() => handle.close());
    const losetup = await call('losetup', ['--find', '--show', '--direct-io=on', image]);
    const device = losetup.stdout.trim();
    undo.push(() => call('losetup', ['--detach', device]));
    await call('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', device]);
    await call('blockdev', ['--setra', String(readAheadKb * 2), device]);
    await mkdir(path);
    await call('mount', [device, path]);
    undo.push(() => call('umount', [path]));
    return { path, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
