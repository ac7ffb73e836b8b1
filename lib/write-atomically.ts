import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isSystemError } from './errors.ts';

const { O_APPEND, O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

export interface WriteAtomicallyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Permission bits, less the process's umask. @default 0o644 */
  readonly mode?: number | undefined;
}

/**
 * Puts a whole file in the place of another or none: whoever reads it, and whatever ends this process or the machine,
 * finds the old bytes or the new ones. The new ones are on the disk when this resolves. A symbolic link becomes a file.
 *
 * @throws a system error, `EINVAL` where a device, a pipe or a socket has the name: it would be gone for everybody
 */
export async function writeAtomically(
  path: string,
  bytes: Buffer | string,
  { signal, mode = 0o644 }: WriteAtomicallyOptions = {},
): Promise<void> {
  await mustBeReplaceable(path);
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

/**
 * Writes a document where a person wants it: what is no file (a pipe, `/dev/null`) is written to, and so is what is only a
 * name for an open file (`/dev/stdout`, `/dev/fd/3`). A file, or a symbolic link to one, is replaced as a whole: to follow
 * links would let whoever may make one choose what root overwrites.
 */
export async function writeOutput(
  path: string,
  bytes: Buffer | string,
  options: WriteAtomicallyOptions = {},
): Promise<void> {
  const isName = /^\/(?:dev|proc)\//.test(resolve(path));
  return isName || (await isStream(path)) ? writeInto(path, bytes) : writeAtomically(path, bytes, options);
}

/** Behind symbolic links: a device, a pipe or a socket. */
async function isStream(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  return there !== null && !there.isFile() && !there.isDirectory();
}

async function writeInto(path: string, bytes: Buffer | string): Promise<void> {
  // A pipe that nobody reads is an error instead of a thread that waits for ever.
  const handle = await open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

/** @throws a system error, `EINVAL` for a device, a pipe or a socket, and for links to them */
export async function mustBeReplaceable(path: string): Promise<void> {
  if (!(await isStream(path))) return;
  const message = `EINVAL: a device, a pipe or a socket is no file to be replaced, rename '${path}'`;
  throw Object.assign(new Error(message), { code: 'EINVAL', errno: -22, syscall: 'rename', path });
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
