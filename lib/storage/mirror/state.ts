import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, WarmsetError } from '../../errors.ts';
import { readProcessIo } from '../../host/index.ts';
import { type FileLock, lockFile } from '../../native/file-lock.ts';
import { writeAtomically } from '../../write-atomically.ts';
import type { BytePath } from './byte-path.ts';
import type { Index, IndexRecord } from './plan.ts';
import { STATE_NAME } from './scan.ts';
import { parseIndex, parseMirrorFile, printRecord } from './state-format.ts';

/** What a mirror is of, and how its last run ended. */
export interface MirrorFile {
  readonly source: string;
  readonly root: string;
  /** When the last run ended, milliseconds since the epoch; `null`: none has. */
  readonly endedAtMs: number | null;
  /** Whether everything of the source was in the mirror then. */
  readonly whole: boolean;
}

const INDEX = 'index.jsonl';
const MIRROR = 'mirror.json';

/** A mirror's own directory, hidden in it, because what is copied must get its name by a rename on one filesystem. */
export class MirrorState implements AsyncDisposable {
  readonly #directory: string;
  readonly #lock: FileLock;
  readonly #index: Map<BytePath, IndexRecord>;

  private constructor(directory: string, lock: FileLock, index: Map<BytePath, IndexRecord>) {
    this.#directory = directory;
    this.#lock = lock;
    this.#index = index;
  }

  /**
   * @param local a directory
   * @throws WarmsetError `WARMSET_STORAGE` while another process works on this mirror, or it is one of something else
   */
  static async open(local: string, source: string, root: string): Promise<MirrorState> {
    const directory = stateDirectory(local);
    const lock = await takeLock(local, 'lock');
    await mkdir(join(directory, 'partial'), { recursive: true, mode: 0o700 });
    try {
      const before = await readMirrorFile(local);
      if (before !== null && before.root !== root) throw otherSource(local, before.source);
      const state = new MirrorState(directory, lock, parseIndex(await readText(join(directory, INDEX))));
      if (before === null) await state.note({ source, root, endedAtMs: null, whole: false });
      await state.#compact();
      return state;
    } catch (error) {
      await lock.close();
      throw error;
    }
  }

  get index(): Index {
    return this.#index;
  }

  async record(relative: BytePath, record: IndexRecord | null): Promise<void> {
    if (record === null) this.#index.delete(relative);
    else this.#index.set(relative, record);
    // A line that a crash cuts off says nothing: the file is then compared by its bytes.
    await appendFile(join(this.#directory, INDEX), printRecord(relative, record), { mode: 0o600 });
  }

  async note(file: MirrorFile): Promise<void> {
    await writeAtomically(join(this.#directory, MIRROR), `${JSON.stringify(file)}\n`, { mode: 0o600 });
  }

  /** Where a file is while it is copied. */
  partialPath(relative: BytePath): string {
    return join(this.#directory, 'partial', partialName(relative));
  }

  /** Removes what earlier runs have begun and nobody wants any more. */
  async forgetPartials(wanted: readonly BytePath[]): Promise<void> {
    const names = new Set(wanted.map(partialName));
    const directory = join(this.#directory, 'partial');
    for (const name of await readdir(directory)) {
      if (!names.has(name.replace(/\.jsonl$/, ''))) await rm(join(directory, name), { force: true });
    }
  }

  async #compact(): Promise<void> {
    const lines = [...this.#index].map(([relative, record]) => printRecord(relative, record));
    await writeAtomically(join(this.#directory, INDEX), lines.join(''), { mode: 0o600 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock.close();
  }
}

export function stateDirectory(local: string): string {
  return join(local, STATE_NAME);
}

/** `loop` is held over all rounds of a loop, `lock` by each. */
export type LockName = 'lock' | 'loop';

export function lockPath(local: string, name: LockName): string {
  return join(stateDirectory(local), name);
}

/** @throws WarmsetError `WARMSET_STORAGE` while another process has it */
export async function takeLock(local: string, name: LockName): Promise<FileLock> {
  await mkdir(stateDirectory(local), { recursive: true, mode: 0o700 });
  const { startTicks } = await readProcessIo();
  const lock = await lockFile(lockPath(local, name), {
    holder: `${process.pid} ${startTicks ?? ''}\n`,
    priority: 'normal',
  });
  if (lock !== null) return lock;
  throw new WarmsetError('WARMSET_STORAGE', `another process mirrors to ${local}`, {
    subject: local,
    remedy: 'end it with --stop, or wait until it is done',
  });
}

/** `null`: it is no mirror. */
export async function readMirrorFile(local: string): Promise<MirrorFile | null> {
  return parseMirrorFile(await readText(join(stateDirectory(local), MIRROR)));
}

/** What a mirror has made; empty where it is none. */
export async function readIndex(local: string): Promise<Index> {
  return parseIndex(await readText(join(stateDirectory(local), INDEX)));
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return '';
    throw error;
  }
}

/** A name can be too long, and its directory may not be there yet. */
function partialName(relative: BytePath): string {
  return createHash('sha256').update(relative, 'latin1').digest('hex').slice(0, 40);
}

function otherSource(local: string, source: string): WarmsetError {
  return new WarmsetError('WARMSET_STORAGE', `${local} is a mirror of ${source}`, {
    subject: local,
    remedy: 'mirror to another directory, or remove that one first',
  });
}
