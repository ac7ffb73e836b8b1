import { posix } from 'node:path';
import { isSystemError } from '../../errors.ts';
import { lookAtEntry } from '../../native/copy.ts';
import type { JobOptions } from '../../native/job.ts';
import { type InventoryEntry, takeInventory } from '../../native/storage.ts';
import { toFileFailure } from '../../native/system-error.ts';
import type { TargetFailure } from '../../targets/index.ts';
import { type BytePath, insideOf, relativeLink, shown, toBytePath, toRawPath } from './byte-path.ts';
import { followLinks } from './follow-links.ts';
import type { SourceEntry, SourceTree } from './types.ts';

/** Where a mirror keeps what it knows of itself; never part of a source. */
export const STATE_NAME = '.warmset-mirror';

// No file is opened to learn what it shares with others.
const NONE = Number.MAX_SAFE_INTEGER;

export interface ScanOptions extends JobOptions {
  /** Links stay what they are, wherever they lead. @default false */
  readonly asItIs?: boolean | undefined;
}

/**
 * Everything below a directory. Links that lead to a place in it stay links, relative ones; one that leads to a file
 * outside stands for that file. Nothing of any file is read.
 *
 * @throws SystemError where the directory itself can't be listed
 */
export async function scanTree(root: BytePath, options: ScanOptions): Promise<SourceTree> {
  const found = new Found(root, options);
  const pending: BytePath[] = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    options.signal?.throwIfAborted();
    const listed = await takeInventory(toRawPath(under(root, at)), NONE, options).catch((error: unknown) => {
      if (at === '') throw error;
      found.fail(under(root, at ?? ''), error);
      return null;
    });
    for (const entry of (listed?.entries ?? []).toSorted((a, b) => Buffer.compare(b.name, a.name))) {
      const relative = under(at, toBytePath(entry.name));
      if (relative === STATE_NAME) continue;
      if (entry.kind === 'directory') pending.push(relative);
      await found.take(relative, entry);
    }
  }
  return found.tree();
}

function under(directory: BytePath, name: BytePath): BytePath {
  if (name === '') return directory;
  return directory === '' ? name : posix.join(directory, name);
}

/** What was found below a root. */
export class Found {
  readonly #root: BytePath;
  readonly #options: ScanOptions;
  readonly #entries: SourceEntry[] = [];
  readonly #failures: TargetFailure[] = [];
  #leftOut = 0;

  constructor(root: BytePath, options: ScanOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Directories stand before what is in them, because a name is shorter than those below it. */
  tree(): SourceTree {
    const entries = this.#entries.toSorted(({ relative: a }, { relative: b }) =>
      a < b ? -1 : Number(a > b),
    );
    return { root: this.#root, entries, failures: this.#failures, leftOut: this.#leftOut };
  }

  async take(relative: BytePath, entry: InventoryEntry): Promise<void> {
    const path = under(this.#root, relative);
    if (entry.error) {
      const { code, message } = toFileFailure(entry.error);
      this.#failures.push(failure(path, code, message));
    } else if (entry.kind === 'link') await this.#takeLink(relative, path);
    else if (entry.kind === 'directory') this.#entries.push({ kind: 'directory', relative, path });
    else if (entry.kind !== 'file') this.#leftOut += 1;
    else {
      const { dev, ino, size, modifiedNs, allocated } = entry;
      this.#entries.push({ kind: 'file', relative, path, dev, ino, size, modifiedNs, allocated });
    }
  }

  /** A name that was looked at by itself. */
  async add(relative: BytePath, path: BytePath): Promise<void> {
    try {
      const facts = await lookAtEntry(toRawPath(path), this.#options);
      const kind = facts.kind;
      await this.take(relative, { ...facts, kind, name: Buffer.alloc(0), shared: [], error: null });
    } catch (error) {
      this.fail(path, error);
    }
  }

  /** What was added last, if it has this name. */
  last(relative: BytePath): SourceEntry | undefined {
    const entry = this.#entries.at(-1);
    return entry?.relative === relative ? entry : undefined;
  }

  fail(path: BytePath, error: unknown): void {
    this.#options.signal?.throwIfAborted();
    if (!isSystemError(error)) throw error;
    this.#failures.push(failure(path, error.code, error.message));
  }

  async #takeLink(relative: BytePath, path: BytePath): Promise<void> {
    try {
      const { leadsTo } = await lookAtEntry(toRawPath(path), this.#options);
      if (leadsTo === null) return this.fail(path, changed());
      const to = toBytePath(leadsTo);
      const inside = this.#options.asItIs ? relative : insideOf(this.#root, relative, to);
      if (inside === null) return await this.#takeOutside(relative, path, to);
      this.#entries.push({
        kind: 'link',
        relative,
        leadsTo: posix.isAbsolute(to) && !this.#options.asItIs ? relativeLink(relative, inside) : to,
      });
    } catch (error) {
      this.fail(path, error);
    }
  }

  async #takeOutside(relative: BytePath, path: BytePath, to: BytePath): Promise<void> {
    // What is outside isn't mirrored under its own name, so the link would lead nowhere, or to the slow source.
    const outside = await followLinks(posix.resolve(posix.dirname(path), to), this.#options);
    const { kind, dev, ino, size, modifiedNs, allocated } = outside.facts;
    if (kind === 'file') {
      this.#entries.push({
        ...{ kind, relative, path: outside.path, dev, ino, size, modifiedNs, allocated },
      });
    } else {
      this.#failures.push(
        failure(
          path,
          'WARMSET_STORAGE',
          `it leads to ${shown(outside.path)}, which is outside of the source`,
        ),
      );
    }
  }
}

function changed(): Error {
  return Object.assign(new Error('EAGAIN: it changed while it was looked at, readlink'), {
    ...{ code: 'EAGAIN', errno: -11, syscall: 'readlink' },
  });
}

function failure(path: BytePath, code: string, message: string): TargetFailure {
  return { path: shown(path), code, message, remedy: 'See to it, or name a source that has no such thing.' };
}
