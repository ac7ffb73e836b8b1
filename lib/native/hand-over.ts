import { accessSync, closeSync, constants as fs } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { SystemError } from '../errors.ts';
import { addon, addonPath } from './addon.ts';
import type { RawFailure } from './addon-types.ts';
import { joinedWords, type Program } from './process.ts';
import { isRawFailure, toSystemError } from './system-error.ts';

/** The program that only waits for a server; null where it isn't beside the addon or can't be executed. */
export function waiterProgram(): string | null {
  try {
    const file = join(dirname(addonPath()), 'warmset-wait');
    // Also false for a mount with noexec.
    accessSync(file, fs.X_OK);
    return file;
  } catch {
    return null;
  }
}

/** What a program that takes this one's place finds. */
export interface Inheritance {
  /** They stay blocked: those that come from now on are pending when it begins. */
  readonly signals: readonly NodeJS.Signals[];
  /** Besides 0 to 2. */
  readonly descriptors: readonly number[];
}

/**
 * Becomes the program: the same process with the same children, of which nothing behind the call runs.
 *
 * @returns why it could not; everything is then as it was. EBUSY for what passes: a thread that can't be ended now
 */
export function handOver({ file, words, environment }: Program, inherited: Inheritance): SystemError {
  const failure = addon().handOver(
    file,
    joinedWords(words),
    joinedWords(environment),
    signalNumbers(inherited.signals),
    Uint32Array.from(inherited.descriptors),
  );
  return toSystemError(failure, file);
}

/** A descriptor from which blocked signals are read (signalfd), which the caller closes. @throws SystemError */
export function signalDescriptor(signals: readonly NodeJS.Signals[]): number {
  return descriptor(addon().signalDescriptor(signalNumbers(signals)));
}

/** Bytes to be read from a descriptor, which the caller closes. @throws SystemError */
export function holdBytes(bytes: Buffer): number {
  return descriptor(addon().holdBytes(bytes));
}

/** For those that were opened for a program that didn't come. */
export function closeAll(descriptors: readonly number[]): void {
  for (const fd of descriptors) closeSync(fd);
}

function signalNumbers(names: readonly NodeJS.Signals[]): Uint32Array {
  return Uint32Array.from(names, (name) => constants.signals[name]);
}

function descriptor(made: number | RawFailure): number {
  if (isRawFailure(made)) throw toSystemError(made);
  return made;
}
