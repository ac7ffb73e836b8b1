import { mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { isSystemError, WarmsetError } from '../errors.ts';
import { type FileLock, lockFile } from '../native/file-lock.ts';
import { formatHolder, type LockHolder, parseHolder } from './lock-holder.ts';

export const LOCK_FILE = 'warmset.lock';

/** The right to warm this node, for as long as it isn't released and the process lives. Keep it: see {@link FileLock}. */
export interface NodeLock extends AsyncDisposable {
  /** Of the file that is locked. It stays when the lock is released: to remove it would be a race. */
  readonly path: string;
  /** Twice is once. */
  release(): Promise<void>;
}

export interface NodeLockOptions {
  /** Wait until the one who has it lets go, or ends. */
  readonly wait: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when somebody else has it and the wait begins, with what that one wrote into the file. */
  readonly onWait?: ((heldBy: LockHolder | null) => void) | undefined;
}

/**
 * One warmer a node: takes the flock(2) of `warmset.lock` in a directory that all of them share, which is made (0755)
 * where it is missing. Stale locks don't exist: the kernel releases it with the process, also by SIGKILL. Containers
 * must mount the same directory of the node; on a network filesystem it is one warmer for all its clients.
 *
 * @returns `null` when somebody else has it and `wait` is false.
 * @throws WarmsetError `WARMSET_NODE_LOCK` where no lock can be had here; the signal's reason when it is aborted.
 */
export async function acquireNodeLock(directory: string, options: NodeLockOptions): Promise<NodeLock | null> {
  const { wait, signal, onWait } = options;
  const path = join(directory, LOCK_FILE);
  signal?.throwIfAborted();
  try {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const taking = { holder: formatHolder(thisProcess()), priority: 'normal', signal } as const;
    let lock = await lockFile(path, taking);
    if (lock === null && wait) {
      onWait?.(await nodeLockHolder(directory));
      lock = await lockFile(path, { ...taking, wait });
    }
    return lock && toNodeLock(path, lock);
  } catch (error) {
    throw isSystemError(error) ? cannotLock(path, error.code, error) : error;
  }
}

/**
 * What the last one who got the lock wrote into the file. A hint for humans and no more: it may have ended since, and
 * its process ID is that of its own container. `null` when there is nothing readable.
 */
export async function nodeLockHolder(directory: string): Promise<LockHolder | null> {
  const text = await readFile(join(directory, LOCK_FILE), 'utf8').catch(() => '');
  return parseHolder(text);
}

function toNodeLock(path: string, lock: FileLock): NodeLock {
  const release = (): Promise<void> => lock.close();
  return { path, release, [Symbol.asyncDispose]: release };
}

function thisProcess(): LockHolder {
  return {
    pid: process.pid,
    host: os.hostname(),
    startedAtMs: Math.round(performance.timeOrigin),
  };
}

const OTHER_DIRECTORY = 'give a directory on a local disk that every keeper of this node can write to';

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: `run every keeper of this node as the same user, or ${OTHER_DIRECTORY}`,
  EPERM: `run every keeper of this node as the same user, or ${OTHER_DIRECTORY}`,
  EROFS: `mount the directory writable, or ${OTHER_DIRECTORY}`,
  ELOOP: 'remove the symbolic link in its place: it is not followed, because the file is written to',
  ENOSPC: `free space on that disk, or ${OTHER_DIRECTORY}`,
};

function cannotLock(path: string, code: string, cause: Error): WarmsetError {
  return new WarmsetError('WARMSET_NODE_LOCK', `the node lock can't be taken: ${cause.message}`, {
    subject: path,
    remedy: REMEDIES[code] ?? OTHER_DIRECTORY,
    cause,
  });
}
