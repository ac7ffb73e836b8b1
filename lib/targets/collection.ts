import { isSystemError, WarmsetError } from '../errors.ts';
import type { RawEntry, RawFailure, RawPath } from '../native/addon-types.ts';
import { toFileFailure } from '../native/system-error.ts';
import type { Journal } from './journal.ts';
import { nameOf } from './path-names.ts';
import type { FileRole, Skipped, TargetFailure, WarmFile, WarmSet } from './warm-set.ts';

const COUNTER = {
  socket: 'sockets',
  fifo: 'fifos',
  device: 'devices',
  dangling: 'danglingLinks',
} as const satisfies Record<string, keyof Skipped>;

type Inodes = Set<number | bigint>;

const SKIPPED_WHY = {
  socket: 'a socket: it holds no bytes',
  fifo: 'a FIFO: it holds no bytes',
  device: 'a device: not a file of a filesystem',
  dangling: 'a symbolic link that leads nowhere',
} as const satisfies Record<keyof typeof COUNTER, string>;

/** What a file is taken as. */
export interface TakenAs {
  readonly role?: FileRole;
  /** For whoever asks why it is in the set. */
  readonly why?: string;
}

/** Gathers a warm set: every file once, everything else counted or explained. */
export class Collection {
  /** Hears of everything, where the set is explained. */
  readonly journal: Journal | undefined;
  readonly #files: WarmFile[] = [];
  readonly #failures: TargetFailure[] = [];
  // Directories and files apart, and by device: inode numbers are compared as they come, not made into strings.
  // Numbers where they are exact, which is nearly everywhere: a set of those is several times faster.
  readonly #seen = { file: new Map<bigint, Inodes>(), directory: new Map<bigint, Inodes>() };
  readonly #skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
  #size = 0;

  constructor(journal?: Journal) {
    this.journal = journal;
  }

  /** How often something was put into the set, counted or explained. */
  get matches(): number {
    const { duplicates, sockets, fifos, devices, danglingLinks } = this.#skipped;
    return (
      this.#files.length + this.#failures.length + duplicates + sockets + fifos + devices + danglingLinks
    );
  }

  add(path: RawPath, entry: RawEntry, { role, why }: TakenAs = {}): void {
    if (!this.#first('file', entry.dev, entry.ino)) {
      const also = 'in the set already, under this name or another';
      this.journal?.leftOut({ path: nameOf(path).path, size: entry.size, why: also });
      return;
    }
    const { dev, ino, size } = entry;
    const { path: name, rawPath } = nameOf(path);
    const plain = rawPath ? { path: name, rawPath, dev, ino, size } : { path: name, dev, ino, size };
    const file = role ? { ...plain, role } : plain;
    this.#files.push(file);
    this.#size += size;
    this.journal?.took(file, why ?? 'it was named');
  }

  /** False when this directory was entered before. */
  enter(dev: bigint, ino: bigint): boolean {
    return this.#first('directory', dev, ino);
  }

  skip(kind: keyof typeof COUNTER, path: RawPath): void {
    this.#skipped[COUNTER[kind]] += 1;
    this.journal?.leftOut({ path: nameOf(path).path, size: null, why: SKIPPED_WHY[kind] });
  }

  /** @throws what is neither a failed system call nor a model that is broken: that is nobody's result */
  fail(path: RawPath, error: unknown): void {
    const { path: name } = nameOf(path);
    if (WarmsetError.is(error) && error.code === 'WARMSET_BAD_MODEL') {
      const { code, message, remedy = 'See the error code.' } = error;
      this.failWith({ path: name, code, message, remedy });
    } else if (isSystemError(error)) {
      this.failWith({ path: name, ...explain(error.code, error.message) });
    } else throw error;
  }

  failRaw(path: RawPath, failure: RawFailure): void {
    const { code, message } = toFileFailure(failure);
    this.failWith({ path: nameOf(path).path, ...explain(code, `${code}: ${message}, ${failure.syscall}`) });
  }

  failWith(failure: TargetFailure): void {
    this.#failures.push(failure);
    this.journal?.failed(failure);
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
