import { getSystemErrorMap } from 'node:util';
import type { FileFailure, SystemError } from '../errors.ts';
import type { RawFailure, RawPath } from './addon-types.ts';

export function isRawFailure(value: unknown): value is RawFailure {
  return (
    typeof value === 'object' &&
    value !== null &&
    'errno' in value &&
    'syscall' in value &&
    !('message' in value)
  );
}

interface Described {
  readonly code: string;
  readonly text: string;
}

export function describeErrno(errno: number): Described {
  const known = getSystemErrorMap().get(errno);
  return known ? { code: known[0], text: known[1] } : { code: `E${-errno}`, text: 'unknown error' };
}

/** An error that looks like those of Node's own fs functions. */
export function toSystemError(failure: RawFailure, path?: RawPath): SystemError {
  const { code, text } = describeErrno(failure.errno);
  const where = path === undefined ? '' : ` '${path.toString()}'`;
  const error = new Error(`${code}: ${text}, ${failure.syscall}${where}`);
  return Object.assign(error, {
    errno: failure.errno,
    code,
    syscall: failure.syscall,
    ...(path === undefined ? {} : { path: path.toString() }),
  });
}

/** The same as plain data, for a result of which this file is only a part. */
export function toFileFailure(failure: RawFailure): FileFailure {
  const { code, text } = describeErrno(failure.errno);
  return { code, syscall: failure.syscall, message: text };
}
