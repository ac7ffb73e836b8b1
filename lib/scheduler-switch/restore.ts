import { writeFile } from 'node:fs/promises';
import {
  isOwnerAlive,
  type Leftover,
  RESTORE_DIRECTORY,
  readBootId,
  readRestoreFiles,
  removeRestoreFile,
} from './restore-file.ts';

/**
 * Puts back what a process left changed that was killed together with its guard. Call it before a device is changed.
 *
 * @returns what was put back
 */
export async function restoreLeftovers(directory: string = RESTORE_DIRECTORY): Promise<readonly Leftover[]> {
  const boot = await readBootId();
  const restored: Leftover[] = [];
  for (const { path, leftover } of await readRestoreFiles(directory)) {
    if (leftover !== null) {
      if (leftover.boot === boot && (await isOwnerAlive(leftover))) continue;
      if (leftover.boot === boot && (await putBack(leftover))) restored.push(leftover);
    }
    await removeRestoreFile(path);
  }
  return restored;
}

/** False where the device is gone: then there is nothing to put back. */
async function putBack({ file, scheduler }: Leftover): Promise<boolean> {
  try {
    await writeFile(file, scheduler);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
