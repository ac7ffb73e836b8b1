import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from './errors.ts';

export interface WriteAtomicallyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Permission bits, less the process's umask. @default 0o644 */
  readonly mode?: number | undefined;
}

/**
 * Puts a whole file in the place of another or none: whoever reads it, and whatever ends this process or the machine,
 * finds the old bytes or the new ones. The new ones are on the disk when this resolves.
 */
export async function writeAtomically(
  path: string,
  bytes: Buffer | string,
  { signal, mode = 0o644 }: WriteAtomicallyOptions = {},
): Promise<void> {
  const directory = dirname(path);
  // In the same directory, because a rename doesn't cross filesystems; hidden, so that globs leave it alone.
  const temporary = join(directory, `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeThrough(temporary, bytes, mode);
    signal?.throwIfAborted();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw nameTarget(error, path);
  }
  await syncDirectory(directory);
}

async function writeThrough(path: string, bytes: Buffer | string, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The rename itself is only in the directory. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Filesystems that can't (some of FUSE) say so; the file is in its place all the same.
    if (!isSystemError(error) || (error.code !== 'EINVAL' && error.code !== 'EOPNOTSUPP')) throw error;
  } finally {
    await handle.close();
  }
}

/** The name that was given, instead of one that nobody has heard of. */
function nameTarget(error: unknown, path: string): unknown {
  if (!isSystemError(error)) return error;
  const { code, errno, syscall } = error;
  const message = `${code}: the file can't be written, ${syscall} '${path}'`;
  return Object.assign(new Error(message, { cause: error }), { code, errno, syscall, path });
}
