import { constants } from 'node:os';
import { addon } from './addon.ts';
import type { RawPath } from './addon-types.ts';
import { isRawFailure, toSystemError } from './system-error.ts';

/** A program to run: looked for in PATH unless its name has a slash. Words needn't be UTF-8. */
export interface Program {
  readonly file: RawPath;
  /** The first is what the program calls itself. */
  readonly words: readonly RawPath[];
  /** `NAME=value`, all of it. */
  readonly environment: readonly RawPath[];
}

const END = Buffer.of(0);

/** As /proc/PID/cmdline has them. A zero byte inside of a word would make two of it. */
export function joinedWords(words: readonly RawPath[]): Buffer {
  return Buffer.concat(words.flatMap((word) => [Buffer.from(word), END]));
}

/**
 * Becomes the program: same process id, descriptors 0 to 2, signals as a fresh process has them. Of this process nothing
 * is left, and nothing behind the call runs.
 *
 * @throws SystemError as execve(2) fails; everything is then as it was
 */
export function replaceProcess({ file, words, environment }: Program): never {
  throw toSystemError(addon().replaceProcess(file, joinedWords(words), joinedWords(environment)), file);
}

/**
 * Starts the program as nobody's child in a session of its own, with nothing to read from and nowhere to write to but
 * stderr, and not even that when `quiet`. Takes some milliseconds.
 *
 * @throws SystemError as fork(2) and execve(2) fail
 */
export function startOrphan({ file, words, environment }: Program, quiet: boolean): void {
  const failure = addon().startOrphan(file, joinedWords(words), joinedWords(environment), quiet);
  if (failure) throw toSystemError(failure, file);
}

/** Collects an ended child by its pid; false while it runs, or where it isn't a child. */
export function reapChild(pid: number): boolean {
  const reaped = addon().reapChild(pid);
  return reaped === true;
}

/** A pipe, where Node would make a pair of sockets. Both ends are closed when a program is executed. */
export function createPipe(): { readonly read: number; readonly write: number } {
  const ends = addon().createPipe();
  if (isRawFailure(ends)) throw toSystemError(ends);
  return { read: ends[0], write: ends[1] };
}

export interface SignalRecord {
  readonly name: NodeJS.Signals;
  /** The kernel sent it, as a terminal does: the whole foreground group has got it. */
  readonly fromKernel: boolean;
}

const RECORD_BYTES = 12;

const NAMES: ReadonlyMap<number, NodeJS.Signals> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

/**
 * Takes signals away from whoever handled them in this process, Node included. Records of those that arrive come from
 * the descriptor, which is the caller's; {@link readSignalRecords} reads them.
 *
 * @throws SystemError EBUSY while another watch is on
 */
export function watchSignals(names: readonly NodeJS.Signals[]): number {
  const fd = addon().watchSignals(Uint32Array.from(names, (name) => constants.signals[name]));
  if (isRawFailure(fd)) throw toSystemError(fd);
  return fd;
}

export function unwatchSignals(): void {
  addon().unwatchSignals();
}

/** Records are written whole: a chunk never ends inside of one unless a reader asked for less. */
export function readSignalRecords(chunk: Buffer): SignalRecord[] {
  const records: SignalRecord[] = [];
  for (let at = 0; at + RECORD_BYTES <= chunk.length; at += RECORD_BYTES) {
    const number = os32(chunk, at);
    const name = NAMES.get(number);
    if (name !== undefined) records.push({ name, fromKernel: os32(chunk, at + 4) === 1 });
  }
  return records;
}

function os32(chunk: Buffer, at: number): number {
  return new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength).getInt32(at, LITTLE_ENDIAN);
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
