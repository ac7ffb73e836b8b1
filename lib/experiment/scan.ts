import { addon } from '../native/addon.ts';
import { features, openMapping } from '../native/index.ts';
import { type JobOptions, runJob } from '../native/job.ts';
import { pathBytes, type WarmFile, type WarmSet } from '../targets/index.ts';

// A job's length: what a cancel waits for.
const WINDOW = 16 * 2 ** 20;

export interface ScanOptions {
  readonly how: 'scan' | 'mmap' | 'read';
  readonly signal: AbortSignal;
}

/**
 * Reads every file from its start to its end, one after the other, at the host's own priority, as a loader does.
 *
 * Pages are faulted in by the kernel on our behalf (MADV_POPULATE_READ, 5.14), through the same code as a touch and
 * with the same read-around, because a touch behind the end of a file that was truncated meanwhile would end the
 * process. Without that call `scan` only copies.
 */
export async function scanFiles(set: WarmSet, { how, signal }: ScanOptions): Promise<void> {
  const job: JobOptions = { priority: 'normal', signal };
  const canFault = features().populateRead === 'available';
  for (const file of set.files) {
    if (how === 'mmap' || (how === 'scan' && canFault)) await faultIn(file, job);
    if (how !== 'mmap') await copyOut(file, job);
  }
}

async function faultIn(file: WarmFile, job: JobOptions): Promise<void> {
  // mmap(2) refuses an empty file.
  if (file.size === 0) return;
  await using mapping = await openMapping(pathBytes(file), job);
  for (let offset = 0; offset < mapping.length; offset += WINDOW) {
    await mapping.populate({ ...job, offset, length: Math.min(WINDOW, mapping.length - offset) });
  }
}

async function copyOut(file: WarmFile, job: JobOptions): Promise<void> {
  const path = pathBytes(file);
  await runJob(job, path, (...raw) => addon().timeReading(path, ...raw));
}
