import { addon } from './addon.ts';
import type { RawFileLock } from './addon-types.ts';
import { type JobOptions, runJob } from './job.ts';

/**
 * The exclusive flock(2) of a file. The kernel lets go of it when it is closed, and when the process ends in whatever
 * way; programs that are started don't inherit it. One that nobody refers to any more is closed at some time, so keep it.
 */
export class FileLock implements AsyncDisposable {
  readonly #raw: RawFileLock;

  /** @internal */
  constructor(raw: RawFileLock) {
    this.#raw = raw;
  }

  /** Twice is once. */
  async close(): Promise<void> {
    return runJob({ priority: 'normal' }, undefined, (...job) => addon().unlockFile(this.#raw, ...job));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export interface LockFileOptions extends JobOptions {
  /** Written into the file for humans once the lock is got; what stood there goes away. */
  readonly holder: string;
  /** Tries every 50 ms, on a thread of its own, until `signal` is aborted; otherwise once. @default false */
  readonly wait?: boolean | undefined;
}

/**
 * Takes the lock of a file, which is made (0644) where it is missing. `null`: somebody else has it.
 *
 * @throws SystemError of open(2), also ELOOP for a symbolic link and EINVAL for what is no regular file, or of
 * flock(2); the signal's reason when it is aborted.
 */
export async function lockFile(path: string, options: LockFileOptions): Promise<FileLock | null> {
  const { holder, wait = false } = options;
  const raw = await runJob(options, path, (...job) => addon().lockFile(path, holder, wait, ...job));
  return raw === null ? null : new FileLock(raw);
}
