import { lstat } from 'node:fs/promises';
import { isSystemError } from '../../errors.ts';
import type { RawPath } from '../../native/addon-types.ts';

/** Whether anything has this name, a link that leads nowhere included. */
export async function exists(path: RawPath): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}
