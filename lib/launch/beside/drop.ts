import { isSystemError } from '../../errors.ts';
import { addon } from '../../native/addon.ts';
import { type JobOptions, runJob } from '../../native/job.ts';
import { pathBytes, type WarmFile } from '../../targets/index.ts';
import type { FilePart } from './line.ts';

/**
 * Gives parts of files back to the kernel. What is mapped, dirty or locked stays, and what can't be opened: whoever asks
 * looks afterwards.
 */
export async function dropParts(
  files: readonly WarmFile[],
  parts: readonly FilePart[],
  { priority }: JobOptions,
): Promise<void> {
  for (const { file, offset, length } of parts) {
    const warmFile = files[file];
    if (!warmFile) continue;
    const path = pathBytes(warmFile);
    await runJob({ priority }, path, (...job) => addon().evict(path, offset, length, false, ...job)).catch(
      (error: unknown) => {
        if (!isSystemError(error)) throw error;
      },
    );
  }
}
