import { isSystemError } from '../errors.ts';
import type { RawEntry, RawFailure, RawPath } from '../native/addon-types.ts';
import { toFileFailure } from '../native/system-error.ts';
import { nameOf } from './path-names.ts';
import type { Skipped, TargetFailure, WarmFile, WarmSet } from './warm-set.ts';

const COUNTER = {
  socket: 'sockets',
  fifo: 'fifos',
  device: 'devices',
  dangling: 'danglingLinks',
} as const satisfies Record<string, keyof Skipped>;

type Inodes = Set<number | bigint>;

/** Gathers a warm set: every file once, everything else counted or explained. */
export class Collection {
  readonly #files: WarmFile[] = [];
  readonly #failures: TargetFailure[] = [];
  // Directories and files apart, and by device: inode numbers are compared as they come, not made into strings.
  // Numbers where they are exact, which is nearly everywhere: a set of those is several times faster.
  readonly #seen = { file: new Map<bigint, Inodes>(), directory: new Map<bigint, Inodes>() };
  readonly #skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
  #size = 0;

  /** How often something was put into the set, counted or explained. */
  get matches(): number {
    const { duplicates, sockets, fifos, devices, danglingLinks } = this.#skipped;
    return (
      this.#files.length + this.#failures.length + duplicates + sockets + fifos + devices + danglingLinks
    );
  }

  add(path: RawPath, entry: RawEntry): void {
    if (!this.#first('file', entry.dev, entry.ino)) return;
    const { dev, ino, size } = entry;
    const { path: name, rawPath } = nameOf(path);
    this.#files.push(rawPath ? { path: name, rawPath, dev, ino, size } : { path: name, dev, ino, size });
    this.#size += size;
  }

  /** False when this directory was entered before. */
  enter(dev: bigint, ino: bigint): boolean {
    return this.#first('directory', dev, ino);
  }

  skip(kind: keyof typeof COUNTER): void {
    this.#skipped[COUNTER[kind]] += 1;
  }

  fail(path: RawPath, error: unknown): void {
    if (!isSystemError(error)) throw error;
    this.#failures.push({ path: nameOf(path).path, ...explain(error.code, error.message) });
  }

  failRaw(path: RawPath, failure: RawFailure): void {
    const { code, message } = toFileFailure(failure);
    this.#failures.push({
      path: nameOf(path).path,
      ...explain(code, `${code}: ${message}, ${failure.syscall}`),
    });
  }

  failWith(failure: TargetFailure): void {
    this.#failures.push(failure);
  }

  finish(): WarmSet {
    return { files: this.#files, failures: this.#failures, skipped: this.#skipped, size: this.#size };
  }

  #first(kind: 'file' | 'directory', dev: bigint, ino: bigint): boolean {
    const inodes = this.#seen[kind].get(dev) ?? new Set();
    if (inodes.size === 0) this.#seen[kind].set(dev, inodes);
    const before = inodes.size;
    inodes.add(ino <= Number.MAX_SAFE_INTEGER ? Number(ino) : ino);
    if (inodes.size > before) return true;
    this.#skipped.duplicates += 1;
    return false;
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'Check the name; if it was there a moment ago, it was removed meanwhile.',
  EACCES: 'Run as a user who may read it, or grant read (and on directories search) permission.',
  ELOOP: 'Symbolic links lead in a circle; name the real place.',
  ENOTDIR: 'A part of the path is a file, not a directory.',
  EIO: 'The device or mount could not be read; look into the kernel log.',
  ESTALE: 'The network mount lost track of it; mount it again.',
};

function explain(code: string, message: string): { code: string; message: string; remedy: string } {
  return { code, message, remedy: REMEDIES[code] ?? 'See the error code.' };
}
