import type { FileFailure } from '../../errors.ts';
import type { GuardSummary } from '../../fill/index.ts';
import type { BytePath } from './byte-path.ts';
import { shown } from './byte-path.ts';
import type { CopiedAs } from './copy-file.ts';
import type { Action, IndexRecord, MirrorPlan } from './plan.ts';
import type {
  FileOutcome,
  FilesAndBytes,
  MirroredFile,
  MirrorResult,
  MirrorStop,
  SourceFile,
  SourceTree,
} from './types.ts';
import type { Room } from './windows.ts';

/** What a run comes to, counted as it goes. Pure but for being changed. */
export class Tally {
  readonly deleted: string[] = [];
  readonly gone: string[] = [];
  readonly written: BytePath[] = [];
  readonly toCopy: number;
  readonly #tree: SourceTree;
  readonly #plan: MirrorPlan;
  readonly #files: MirroredFile[] = [];
  readonly #seen = new Set<BytePath>();
  #skipped: FilesAndBytes = { files: 0, bytes: 0 };
  #progress = 0;
  #compared = 0;
  #pagesLeft: number | null = 0;
  #waitedMs = 0;
  #outOf: Room['by'] | null = null;

  constructor(tree: SourceTree, plan: MirrorPlan) {
    this.#tree = tree;
    this.#plan = plan;
    this.toCopy = plan.actions.reduce((sum, one) => (one.do === 'copy' ? sum + one.file.size : sum), 0);
  }

  get copiedBytes(): number {
    return this.#progress;
  }

  /** All that was read, also to compare it: where both lie on one device its guard sees both. */
  get readBytes(): number {
    return this.#progress + this.#compared;
  }

  compared(bytes: number): void {
    this.#compared += bytes;
  }

  progressed(bytes: number): void {
    this.#progress += bytes;
  }

  left(pages: number | null): void {
    this.#pagesLeft = pages === null || this.#pagesLeft === null ? null : this.#pagesLeft + pages;
  }

  waited(milliseconds: number): void {
    this.#waitedMs += milliseconds;
  }

  keep({ file, changedHere }: Action & { readonly do: 'keep' }): void {
    if (changedHere) this.#add(file, 'changed-here');
    else {
      this.#seen.add(file.relative);
      this.#skipped = plus(this.#skipped, file.size);
    }
  }

  copied(file: SourceFile, { sha256, verified }: Omit<CopiedAs, 'resumedBytes'>, resumedBytes: number): void {
    this.written.push(file.relative);
    this.#add(file, verified === 'shared' ? 'shared' : 'copied', { sha256, verified, resumedBytes });
  }

  named(file: SourceFile, { sha256, verified }: IndexRecord & { readonly kind: 'file' }): void {
    this.#add(file, 'named', { sha256, verified });
  }

  adopted(file: SourceFile, sha256: string): void {
    this.#add(file, 'adopted', { sha256, verified: 'destination' });
  }

  failed(action: Action, failure: FileFailure): void {
    this.#add(subjectOf(action), 'failed', { failure });
  }

  leaveOut(action: Action, failure: FileFailure, by: Room['by'] = 'no-room'): void {
    this.#outOf = by;
    this.#add(subjectOf(action), 'left-out', { failure });
  }

  /** What a stop has kept from being begun. */
  leaveOutRest(stopped: MirrorStop | null): void {
    if (stopped === null) return;
    const failure = { code: 'ECANCELED', syscall: undefined, message: stopped.detail };
    for (const action of this.#plan.actions) {
      if (!('file' in action) || this.#seen.has(action.file.relative)) continue;
      if (action.do === 'keep') this.keep(action);
      else this.#add(action.file, 'left-out', { failure });
    }
  }

  result(
    ended: Pick<MirrorResult, 'source' | 'local' | 'seconds' | 'stopped' | 'residentBytes'> & {
      readonly guard: GuardSummary | null;
    },
  ): MirrorResult {
    const sum = (...outcomes: FileOutcome[]): FilesAndBytes =>
      this.#files
        .filter(({ outcome }) => outcomes.includes(outcome))
        .reduce((total, { size }) => plus(total, size), { files: 0, bytes: 0 });
    const asked = this.#tree.entries.reduce<FilesAndBytes>(
      (total, entry) => (entry.kind === 'file' ? plus(total, entry.size) : total),
      { files: 0, bytes: 0 },
    );
    const [copied, shared] = [sum('copied'), sum('shared')];
    const resumed = this.#files.reduce((total, { resumedBytes }) => total + resumedBytes, 0);
    const fresh = copied.bytes - resumed;
    const stopped = ended.stopped ?? this.#shortage();
    return {
      ...ended,
      ...{ asked, copied, shared, stopped, skipped: this.#skipped, failed: sum('failed') },
      verified: this.#files
        .filter(({ verified }) => verified === 'destination')
        .reduce((total, { size }) => plus(total, size), { files: 0, bytes: 0 }),
      files: this.#files,
      failures: this.#tree.failures,
      ...{ deleted: this.deleted, gone: this.gone },
      bytesPerSecond: fresh > 0 && ended.seconds > 0 ? fresh / ended.seconds : null,
      sourcePagesLeft: this.#pagesLeft,
      waitedForWritesMs: this.#waitedMs,
      whole:
        stopped === null &&
        this.#tree.failures.length === 0 &&
        this.#files.every(({ outcome }) => !['failed', 'left-out'].includes(outcome)),
    };
  }

  #shortage(): MirrorStop | null {
    if (this.#outOf === null) return null;
    const detail = this.#files.findLast(({ outcome }) => outcome === 'left-out')?.failure?.message;
    return { reason: this.#outOf, detail: detail ?? 'there is no room for some of it' };
  }

  #add(
    { relative, size }: { readonly relative: BytePath; readonly size: number },
    outcome: FileOutcome,
    more: Partial<MirroredFile> = {},
  ): void {
    this.#seen.add(relative);
    this.#files.push({
      ...{
        path: shown(relative),
        outcome,
        size,
        resumedBytes: 0,
        sha256: null,
        verified: null,
        failure: null,
      },
      ...more,
    });
  }
}

function subjectOf(action: Action): { readonly relative: BytePath; readonly size: number } {
  if ('file' in action) return action.file;
  return { relative: action.relative, size: action.do === 'refuse' ? action.size : 0 };
}

function plus({ files, bytes }: FilesAndBytes, more: number): FilesAndBytes {
  return { files: files + 1, bytes: bytes + more };
}
