import type { FileFailure } from '../errors.ts';

/** The file at the path isn't the one that the set has. */
export function replacedFailure(): FileFailure {
  return {
    code: 'WARMSET_FILE_REPLACED',
    syscall: undefined,
    message: 'another file took its place; resolve the targets again',
  };
}

/** The set knows the file as longer than it is. */
export function truncatedFailure(): FileFailure {
  return {
    code: 'WARMSET_FILE_TRUNCATED',
    syscall: undefined,
    message: 'the file became shorter; resolve the targets again',
  };
}
