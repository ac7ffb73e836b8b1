/**
 * Errors with stable codes.
 *
 * A failed system call keeps the shape of Node's own fs errors (`code`, `errno`, `syscall`, `path`);
 * everything that warmset itself refuses is a {@link WarmsetError} with a `WARMSET_*` code.
 */

export type WarmsetErrorCode =
  | 'WARMSET_BAD_ARGUMENT'
  | 'WARMSET_BAD_CONFIG'
  | 'WARMSET_BAD_INVENTORY'
  | 'WARMSET_BAD_MODEL'
  | 'WARMSET_BAD_SNAPSHOT'
  | 'WARMSET_BAD_TARGET'
  | 'WARMSET_CHANGE'
  | 'WARMSET_EXPERIMENT'
  | 'WARMSET_FILE_REPLACED'
  | 'WARMSET_FILE_TRUNCATED'
  | 'WARMSET_LAUNCH'
  | 'WARMSET_LISTEN'
  | 'WARMSET_LOCK_LIMIT'
  | 'WARMSET_NATIVE_LOAD'
  | 'WARMSET_NODE_LOCK'
  | 'WARMSET_NVMEOF'
  | 'WARMSET_PROBE'
  | 'WARMSET_ROLLOUT'
  | 'WARMSET_STORAGE'
  | 'WARMSET_UNSUPPORTED';

// A string brand instead of instanceof: two copies of the package in one process still recognise each other's errors.
const BRAND = Symbol.for('warmset.error');

export interface WarmsetErrorOptions {
  /** What the reader can do about it, as one sentence. */
  readonly remedy?: string;
  /** The file, target or option that the error is about. */
  readonly subject?: string;
  readonly cause?: unknown;
}

export class WarmsetError extends Error {
  override readonly name = 'WarmsetError';
  readonly code: WarmsetErrorCode;
  readonly remedy: string | undefined;
  readonly subject: string | undefined;
  readonly [BRAND] = true;

  constructor(code: WarmsetErrorCode, message: string, options: WarmsetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.subject = options.subject;
  }

  static is(value: unknown): value is WarmsetError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** What Node's fs functions reject with, and what every raw call of `warmset/native` rejects with. */
export interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
}

export function isSystemError(value: unknown): value is SystemError {
  return (
    value instanceof Error &&
    'code' in value &&
    typeof value.code === 'string' &&
    'errno' in value &&
    typeof value.errno === 'number' &&
    'syscall' in value
  );
}

/** A failure of one file as plain data: it is a result of the run, not its end. */
export interface FileFailure {
  /** An errno name (`EIO`) or a `WARMSET_*` code. */
  readonly code: string;
  /** The system call that failed, where one did. */
  readonly syscall: string | undefined;
  readonly message: string;
}
