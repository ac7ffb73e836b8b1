import { rm, rmdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { type FileFailure, isSystemError, WarmsetError } from '../../errors.ts';
import type { GuardSummary } from '../../fill/index.ts';
import type { Verdict } from '../../guard/index.ts';
import type { RawRateLimiter } from '../../native/addon-types.ts';
import { lookAtEntry } from '../../native/copy.ts';
import { type BytePath, shown, toBytePath, toRawPath } from './byte-path.ts';
import { type CopyOptions, copyFile, discardPartial } from './copy-file.ts';
import { hashSource } from './hash-source.ts';
import { makeDirectory, makeLink, makeName } from './make-names.ts';
import { type Action, isSame, type MirrorPlan } from './plan.ts';
import { NoRoom, RoomKeeper } from './room-keeper.ts';
import type { MirrorState } from './state.ts';
import { Tally } from './tally.ts';
import type { MirrorOptions, MirrorResult, MirrorStop, SourceFile, SourceTree } from './types.ts';
import { WriteWatch } from './write-watch.ts';

export interface RunInput {
  readonly to: string;
  readonly state: MirrorState;
  readonly tree: SourceTree;
  readonly plan: MirrorPlan;
  readonly options: MirrorOptions;
}

/** One run over a plan: an action after the other, each file's failure its own. */
export class Run {
  readonly #input: RunInput;
  readonly #root: BytePath;
  readonly #tally: Tally;
  readonly #writes = new WriteWatch();
  readonly #room: RoomKeeper;

  constructor(input: RunInput) {
    this.#input = input;
    this.#root = toBytePath(input.to);
    this.#tally = new Tally(input.tree, input.plan);
    const { maxBytes = null, keepFree = 0.05 } = input.options;
    this.#room = new RoomKeeper(input.to, keepFree, maxBytes, input.plan);
  }

  get readBytes(): number {
    return this.#tally.readBytes;
  }

  /** Names that this run has written. */
  get written(): readonly BytePath[] {
    return this.#tally.written;
  }

  /** What stopped it; `null`: it came to its end. */
  async perform(
    signal: AbortSignal | undefined,
    limiter: RawRateLimiter | null,
    verdict: () => Verdict | null = () => null,
  ): Promise<MirrorStop | null> {
    for (const action of this.#input.plan.actions) {
      if (signal?.aborted) return { reason: 'signal', detail: messageOf(signal.reason) };
      try {
        await this.#act(action, signal, limiter, verdict);
      } catch (error) {
        if (signal?.aborted) return { reason: 'signal', detail: messageOf(signal.reason) };
        const stop = await this.#afterFailure(action, error);
        if (stop !== null) return stop;
      }
    }
    return null;
  }

  /** What is left to do when all is copied, or stopped. */
  async settle(stopped: MirrorStop | null): Promise<void> {
    const { plan, state, options, tree } = this.#input;
    this.#tally.leaveOutRest(stopped);
    // Where a part of the source couldn't be seen nothing is known to be gone from it.
    const removes = options.delete === true && stopped === null && tree.failures.length === 0;
    for (const relative of plan.gone) {
      if (removes && (await this.#remove(relative))) {
        await state.record(relative, null);
        this.#tally.deleted.push(shown(relative));
      } else this.#tally.gone.push(shown(relative));
    }
  }

  result(
    ended: Pick<MirrorResult, 'source' | 'local' | 'seconds' | 'stopped' | 'residentBytes'> & {
      readonly guard: GuardSummary | null;
    },
  ): MirrorResult {
    return this.#tally.result(ended);
  }

  async #act(
    action: Action,
    signal: AbortSignal | undefined,
    limiter: RawRateLimiter | null,
    verdict: () => Verdict | null,
  ): Promise<void> {
    const { state, options } = this.#input;
    switch (action.do) {
      case 'directory':
        await makeDirectory(this.#at(action.relative), action.path, options);
        return state.record(action.relative, { kind: 'directory' });
      case 'link':
        await makeLink(this.#at(action.relative), action.leadsTo, state.partialPath(action.relative));
        return state.record(action.relative, { kind: 'link', leadsTo: action.leadsTo });
      case 'keep':
        return this.#tally.keep(action);
      case 'refuse':
        throw new WarmsetError('WARMSET_STORAGE', action.why, {
          subject: shown(action.relative),
          remedy: 'look which of both is wanted: move it away, or give --overwrite',
        });
      case 'name':
        return this.#name(action.file, action.of);
      case 'copy':
        return this.#copy(action.file, signal, limiter, verdict);
      case 'adopt':
        if (!(await this.#adopt(action.file, signal, limiter)))
          throw new WarmsetError('WARMSET_STORAGE', 'something else of this size is in its place', {
            subject: shown(action.file.relative),
            remedy: 'move it away, or give --overwrite',
          });
    }
  }

  async #copy(
    file: SourceFile,
    signal: AbortSignal | undefined,
    limiter: RawRateLimiter | null,
    verdict: () => Verdict | null,
  ): Promise<void> {
    const { state, options } = this.#input;
    await this.#room.admit(file, state.partialPath(file.relative));
    const copyOptions: CopyOptions = {
      ...{ signal, limiter, priority: options.priority },
      partial: state.partialPath(file.relative),
      at: this.#at(file.relative),
      warm: options.warm ?? false,
      verify: options.verify ?? 'destination',
      writes: this.#writes,
      needRoom: (bytes) => this.#room.need(bytes),
      onCopied: (bytes) => {
        this.#tally.progressed(bytes);
        const { copiedBytes, toCopy } = this.#tally;
        options.onProgress?.({ path: shown(file.relative), copied: copiedBytes, toCopy, verdict: verdict() });
      },
      onLeft: (pages) => this.#tally.left(pages),
      onRead: (bytes) => this.#tally.compared(bytes),
      onWait: (ms) => this.#tally.waited(ms),
    };
    const { resumedBytes, ...made } = await copyFile(file, copyOptions);
    await state.record(file.relative, { kind: 'file', from: versionOf(file), ...made });
    if (made.verified !== 'shared') this.#room.took(file);
    this.#tally.copied(file, made, resumedBytes);
  }

  async #name(file: SourceFile, of: BytePath): Promise<void> {
    const { state } = this.#input;
    const first = state.index.get(of);
    if (first?.kind !== 'file' || !isSame(first.from, file)) {
      throw new WarmsetError('WARMSET_STORAGE', `its other name ${shown(of)} was not copied`);
    }
    await makeName(this.#at(file.relative), this.#at(of), state.partialPath(file.relative));
    await state.record(file.relative, first);
    this.#tally.named(file, first);
  }

  /** Whether what is there without our doing has the same bytes. */
  async #adopt(
    file: SourceFile,
    signal: AbortSignal | undefined,
    limiter: RawRateLimiter | null,
  ): Promise<boolean> {
    const onRead = (bytes: number) => this.#tally.compared(bytes);
    const options = { signal, limiter, onRead, priority: this.#input.options.priority };
    const at = this.#at(file.relative);
    const here = await lookAtEntry(toRawPath(at), options);
    const found = await hashSource({ ...here, path: toRawPath(at) }, options);
    const wanted = await hashSource({ ...file, path: toRawPath(file.path) }, options);
    if (found !== wanted) return false;
    const { ino, size, modifiedNs } = here;
    const record = { here: { ino, size, modifiedNs }, sha256: found, verified: 'destination' } as const;
    await this.#input.state.record(file.relative, { kind: 'file', from: versionOf(file), ...record });
    this.#tally.adopted(file, found);
    return true;
  }

  async #remove(relative: BytePath): Promise<boolean> {
    const known = this.#input.state.index.get(relative);
    const path = toRawPath(this.#at(relative));
    try {
      const there = await lookAtEntry(path, this.#input.options);
      if (known?.kind === 'directory' && there.kind === 'directory') await rmdir(path);
      else if (known?.kind === 'file' && there.kind === 'file' && isSame(known.here, there)) await rm(path);
      else if (known?.kind === 'link' && there.kind === 'link') await rm(path);
      else return false;
      return true;
    } catch (error) {
      // What somebody has put into a directory of ours stays, and the directory with it.
      if (isSystemError(error)) return error.code === 'ENOENT';
      throw error;
    }
  }

  /** A failure of one file; what none of the others would survive ends the run. */
  async #afterFailure(action: Action, error: unknown): Promise<MirrorStop | null> {
    if (error instanceof NoRoom) {
      if (error.fatal && 'file' in action) await this.#discard(action.file);
      this.#tally.leaveOut(
        action,
        { code: error.code, syscall: undefined, message: error.message },
        error.by,
      );
      return error.fatal ? { reason: error.by, detail: error.message } : null;
    }
    const failure = toFailure(error);
    if (failure.code === 'ENOSPC' || failure.code === 'EDQUOT') {
      if ('file' in action) await this.#discard(action.file);
      this.#tally.leaveOut(action, failure);
      return { reason: 'no-room', detail: failure.message };
    }
    this.#tally.failed(action, failure);
    return null;
  }

  /** Half a file on a full filesystem is in everybody's way. */
  async #discard(file: SourceFile): Promise<void> {
    await discardPartial(this.#input.state.partialPath(file.relative));
  }

  #at(relative: BytePath): BytePath {
    return posix.join(this.#root, relative);
  }
}

function versionOf({ ino, size, modifiedNs }: SourceFile) {
  return { ino, size, modifiedNs };
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** @throws what is neither of the system's nor of ours: a defect */
function toFailure(error: unknown): FileFailure {
  if (isSystemError(error)) return { code: error.code, syscall: error.syscall, message: error.message };
  if (WarmsetError.is(error)) return { code: error.code, syscall: undefined, message: error.message };
  throw error;
}
