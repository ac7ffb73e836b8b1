import { isSystemError, WarmsetError } from '../errors.ts';
import type { TargetFailure, WarmFile } from './warm-set.ts';

/** What went wrong with one file, as a failure of its set. Anything but a refusal or a failed system call is thrown on. */
export function toTargetFailure({ path }: Pick<WarmFile, 'path'>, error: unknown): TargetFailure {
  if (WarmsetError.is(error)) {
    return { path, code: error.code, message: error.message, remedy: error.remedy ?? 'See the message.' };
  }
  if (!isSystemError(error)) throw error;
  return { path, code: error.code, message: error.message, remedy: 'See the error code.' };
}
