import type { Hash } from 'node:crypto';
import { appendFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { WarmsetError } from '../../errors.ts';
import type { RawRateLimiter } from '../../native/addon-types.ts';
import {
  type CopiedFile,
  cloneFile,
  copyPiece,
  lookAtEntry,
  openPartial,
  publishFile,
  settleWindow,
} from '../../native/copy.ts';
import type { JobOptions } from '../../native/job.ts';
import { classify } from '../footprint/classify.ts';
import { type BytePath, shown, toRawPath } from './byte-path.ts';
import { hashFile, hashZeros, newHash } from './hashing.ts';
import { isSame } from './plan.ts';
import { readText } from './state.ts';
import { type Begun, parseBegun, printBegun, printDone } from './state-format.ts';
import type { SourceFile, Verified, Version } from './types.ts';
import { windowEnd } from './windows.ts';
import type { WriteWatch } from './write-watch.ts';

export interface CopyOptions extends JobOptions {
  /** Where it is until it is whole; beside it `.jsonl`, how far it is. */
  readonly partial: string;
  /** Its name then. */
  readonly at: BytePath;
  readonly warm: boolean;
  readonly verify: 'destination' | 'source';
  readonly limiter: RawRateLimiter | null;
  readonly writes: WriteWatch;
  /** Throws where so many more bytes have no room. */
  readonly needRoom: (bytes: number) => Promise<void>;
  /** Told of bytes that are copied, or were by an earlier run. */
  readonly onCopied: (bytes: number) => void;
  /** Told how many pages of the source a read has left in the cache. */
  readonly onLeft: (pages: number | null) => void;
  /** Told of bytes that are read to compare hashes. */
  readonly onRead: (bytes: number) => void;
  readonly onWait: (milliseconds: number) => void;
}

export interface CopiedAs {
  readonly here: Version;
  readonly sha256: string | null;
  readonly verified: Verified;
  readonly resumedBytes: number;
}

/**
 * Copies one file: into a hidden one, window by window, each on the disk before the next; compares hashes; gives it its
 * name. Ended at any moment it leaves the name as it was, and goes on from its last window when it is begun again.
 *
 * @throws WarmsetError `WARMSET_FILE_TRUNCATED`, `WARMSET_FILE_REPLACED` where the source changes meanwhile,
 * `WARMSET_STORAGE` where bytes aren't what they should be; SystemError as reading and writing fail
 */
export async function copyFile(file: SourceFile, options: CopyOptions): Promise<CopiedAs> {
  const { partial, at, warm } = options;
  const source: CopiedFile = { path: toRawPath(file.path), dev: file.dev, ino: file.ino };
  const facts = await lookAtEntry(source.path, options);
  if (!isSame(facts, file)) throw replaced(file);
  const begun = parseBegun(await readText(`${partial}.jsonl`));
  const goesOn = begun !== null && isSame(begun.from, file);
  if (!goesOn) await discardPartial(partial);
  const { dev, ino } = await openPartial(partial, options);
  const copy: CopiedFile = { path: partial, dev, ino };
  const shared = !goesOn && (await cloneFile(source, copy, options));
  const named = classify(shown(file.relative)).hash?.hex ?? classify(shown(file.path)).hash?.hex ?? null;
  let sha256: string | null = null;
  let resumedBytes = 0;
  if (shared) {
    // Its blocks are the source's own: only what its name promises is left to be checked.
    if (named !== null) sha256 = await hashOf(copy, file, options);
    options.onCopied(file.size);
  } else {
    const { hash, done } = goesOn ? await goOn(copy, begun, options) : { hash: newHash(), done: 0 };
    resumedBytes = done;
    if (done === 0) await appendFile(`${partial}.jsonl`, printBegun(file), { mode: 0o600 });
    options.onCopied(resumedBytes);
    await copyFrom(resumedBytes, hash, source, copy, file, options);
    sha256 = hash.digest('hex');
  }
  if (!isSame(await lookAtEntry(source.path, options), file)) throw replaced(file);
  if (named !== null && sha256 !== named)
    throw await wrong(partial, file, 'its bytes are not what its name says');
  const reads = !shared && options.verify === 'destination';
  if (reads && (await hashOf(copy, file, options)) !== sha256) {
    throw await wrong(partial, file, 'the device gave back other bytes than were written');
  }
  const { size, modifiedNs, mode, uid, gid } = facts;
  await publishFile(
    copy,
    { ...{ at: toRawPath(at), size, modifiedNs, mode, uid, gid, keep: warm } },
    options,
  );
  await rm(`${partial}.jsonl`, { force: true });
  const here = await lookAtEntry(toRawPath(at), options);
  return {
    here: { ino: here.ino, size: here.size, modifiedNs: here.modifiedNs },
    sha256,
    verified: shared ? 'shared' : options.verify,
    resumedBytes,
  };
}

export async function discardPartial(partial: string): Promise<void> {
  for (const path of [partial, `${partial}.jsonl`]) await rm(path, { force: true });
}

/** What an earlier run has copied, where it is still as it was written; otherwise a beginning. */
async function goOn(
  copy: CopiedFile,
  { done, sha256 }: Begun,
  options: CopyOptions,
): Promise<{ readonly hash: Hash; readonly done: number }> {
  const hash = newHash();
  if (sha256 === null || !(await hashFile(hash, copy, done, options))) return { hash: newHash(), done: 0 };
  return hash.copy().digest('hex') === sha256 ? { hash, done } : { hash: newHash(), done: 0 };
}

async function copyFrom(
  start: number,
  hash: Hash,
  source: CopiedFile,
  copy: CopiedFile,
  { size, path }: SourceFile,
  options: CopyOptions,
): Promise<void> {
  const { limiter, writes, warm, signal } = options;
  for (let offset = start; offset < size; ) {
    const [begin, end] = [offset, windowEnd(offset, size)];
    await options.needRoom(end - begin);
    const read = (at: number) =>
      copyPiece(source, copy, { ...options, offset: at, length: end - at, limiter });
    let written = 0;
    let next: ReturnType<typeof copyPiece> | null = read(offset);
    while (next !== null) {
      const { bytes, hole, left } = await next;
      if (bytes.length + hole === 0) throw truncated(path);
      offset += bytes.length + hole;
      written += bytes.length;
      // The next piece is read and written while this one is hashed.
      next = offset < end ? read(offset) : null;
      next?.catch(() => undefined);
      hash.update(bytes);
      if (hole > 0) await hashZeros(hash, hole, signal);
      else options.onLeft(left);
      options.onCopied(bytes.length + hole);
    }
    if (written === 0) continue;
    const startedMs = performance.now();
    await settleWindow(copy, { offset: begin, length: end - begin, keep: warm }, options);
    const waitMs = writes.observe(performance.now() - startedMs, written);
    await appendFile(`${options.partial}.jsonl`, printDone(offset, hash.copy().digest('hex')));
    signal?.throwIfAborted();
    if (waitMs === 0) continue;
    options.onWait(waitMs);
    await delay(waitMs, undefined, { signal });
  }
}

async function hashOf(copy: CopiedFile, { size, path }: SourceFile, options: CopyOptions): Promise<string> {
  // What lies behind the last data is a hole that has not been made yet.
  const { size: present } = await lookAtEntry(copy.path, options);
  const hash = newHash();
  const length = Math.min(present, size);
  if (!(await hashFile(hash, copy, length, options))) throw truncated(path);
  await hashZeros(hash, size - length, options.signal);
  return hash.digest('hex');
}

function truncated(path: BytePath): WarmsetError {
  return new WarmsetError('WARMSET_FILE_TRUNCATED', 'The file became shorter while it was copied.', {
    subject: shown(path),
    remedy: 'Run it again when nobody writes there.',
  });
}

function replaced({ path }: SourceFile): WarmsetError {
  return new WarmsetError('WARMSET_FILE_REPLACED', 'The file was changed while it was copied.', {
    subject: shown(path),
    remedy: 'Run it again; with --loop the next round takes it.',
  });
}

/** What was copied so is worth nothing. */
async function wrong(partial: string, { path }: SourceFile, what: string): Promise<WarmsetError> {
  await discardPartial(partial);
  return new WarmsetError('WARMSET_STORAGE', `${shown(path)}: ${what}`, {
    subject: shown(path),
    remedy: 'look at the kernel log for errors of the device, or fetch the file anew, then run it again',
  });
}
