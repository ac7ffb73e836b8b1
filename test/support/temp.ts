import { createCipheriv, createHash } from 'node:crypto';
import { chmodSync, mkdirSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastResort } from './last-resort.ts';
import { detachBelow } from './mount-table.ts';

// statfs magics of what has no page cache of its own disk: nothing can be evicted from memory-backed files.
const NOT_A_DISK: ReadonlySet<number> = new Set([
  0x0102_1994, // tmpfs
  0x8584_58f6, // ramfs
  0x794c_7630, // overlayfs: evictable, but cachestat is blind there and tests would measure the wrong thing
]);

/** The system's temporary directory, or one below `build/` when that is no disk. */
function baseDirectory(): string {
  const system = realpathSync(os.tmpdir());
  if (!NOT_A_DISK.has(statfsSync(system).type)) return system;
  const own = fileURLToPath(new URL('../../build/tmp/', import.meta.url));
  mkdirSync(own, { recursive: true });
  return own;
}

export class TemporaryDirectory implements AsyncDisposable {
  readonly path: string;
  readonly #settled: () => void;
  #removed = false;

  constructor(directory: string) {
    this.path = directory;
    this.#settled = lastResort(() => {
      detachBelow(directory);
      rmSync(directory, { recursive: true, force: true });
    });
  }

  /** The path of `name` in here. */
  file(...name: string[]): string {
    return path.join(this.path, ...name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#removed) return;
    // A forgotten mount would have its contents removed through it.
    detachBelow(this.path);
    await rm(this.path, { recursive: true, force: true });
    this.#removed = true;
    this.#settled();
  }
}

/** A directory on a real disk that every user may enter, removed when disposed: `await using directory = …`. */
export async function temporaryDirectory(label = 'test'): Promise<TemporaryDirectory> {
  const created = await mkdtemp(path.join(baseDirectory(), `warmset-${label}-`));
  chmodSync(created, 0o755);
  return new TemporaryDirectory(created);
}

const BLOCK = 4 << 20;

/**
 * Writes `bytes` bytes that depend on `seed` alone and don't compress, and waits until they are on the disk.
 * Clean pages of the file stay in the page cache.
 */
export async function writeRandomFile(file: string, bytes: number, seed = 1): Promise<void> {
  const key = createHash('sha256').update(`warmset ${seed}`).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(Math.min(BLOCK, bytes));
  const handle = await open(file, 'w', 0o644);
  try {
    for (let written = 0; written < bytes; ) {
      const block = stream.update(zeros.subarray(0, Math.min(BLOCK, bytes - written)));
      const { bytesWritten } = await handle.write(block);
      if (bytesWritten !== block.length)
        throw new Error(`${file}: the disk took ${bytesWritten} of ${block.length}`);
      written += bytesWritten;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
