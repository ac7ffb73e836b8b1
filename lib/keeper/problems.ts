import type { FileFailure } from '../errors.ts';
import { isSystemError, WarmsetError } from '../errors.ts';
import type { MeasuredSet } from './measure-sets.ts';

/** Tells a failure when it begins, not at every sweep for as long as it lasts. */
export class Problems {
  #told = new Set<string>();
  readonly #tell: (what: string, failure: FileFailure) => void;

  constructor(tell: (what: string, failure: FileFailure) => void) {
    this.#tell = tell;
  }

  /** Takes in all that fails now. */
  observe(sets: readonly MeasuredSet[]): void {
    const now = new Set<string>();
    const add = (what: string, failure: FileFailure): void => {
      const key = `${failure.code} ${what}`;
      now.add(key);
      if (!this.#told.has(key)) this.#tell(what, failure);
    };
    for (const { files, failures } of sets) {
      for (const { path, code, message } of failures) add(path, { code, syscall: undefined, message });
      for (const { file, failure } of files) if (failure !== null) add(file.path, failure);
    }
    this.#told = now;
  }
}

/** Any error as plain data. */
export function toFailure(error: unknown): FileFailure {
  if (isSystemError(error)) return { code: error.code, syscall: error.syscall, message: error.message };
  if (WarmsetError.is(error)) return { code: error.code, syscall: undefined, message: error.message };
  return {
    code: 'unexpected',
    syscall: undefined,
    message: error instanceof Error ? error.message : String(error),
  };
}
