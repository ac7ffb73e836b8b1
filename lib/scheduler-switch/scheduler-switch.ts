import { readFile, writeFile } from 'node:fs/promises';
import { isSystemError, WarmsetError } from '../errors.ts';
import { parseSchedulers, readProcessIo } from '../host/index.ts';
import { RestoreGuard } from './guard.ts';
import { restoreLeftovers } from './restore.ts';
import { RESTORE_DIRECTORY, readBootId, removeRestoreFile, writeRestoreFile } from './restore-file.ts';

export interface SwitchOptions {
  /** The kernel's name of the whole disk, such as `nvme0n1`. */
  readonly device: string;
  /** Which will be used: each is looked for at once, before anything is changed. */
  readonly schedulers: readonly string[];
  /** Where it is written down what must be put back. @default '/run/warmset/scheduler' */
  readonly directory?: string | undefined;
}

/** Changes a device's I/O scheduler for a while. Disposing puts back what was there. */
export interface SchedulerSwitch extends AsyncDisposable {
  /** What was there before. */
  readonly original: string;
  /** The process that puts it back if this one can't. */
  readonly guardPid: number | undefined;
  use(scheduler: string): Promise<void>;
}

/**
 * Prepares to change a device's I/O scheduler. Root only. It is put back in every case: on dispose; by a guard process
 * when this one is killed; and by the next call of this where both were killed.
 *
 * @throws WarmsetError `WARMSET_UNSUPPORTED` where the device has no such scheduler, or another process has it changed
 */
export async function openSchedulerSwitch(options: SwitchOptions): Promise<SchedulerSwitch> {
  const { device, schedulers, directory = RESTORE_DIRECTORY } = options;
  await restoreLeftovers(directory);
  const file = `/sys/block/${device}/queue/scheduler`;
  const original = await check(file, device, schedulers);
  const { startTicks } = await readProcessIo();
  const leftover = { file, scheduler: original, pid: process.pid, startTicks, boot: await readBootId() };
  const restoreFile = await writeRestoreFile(directory, device, leftover).catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
    throw refusal(
      device,
      'another process is changing its scheduler',
      'wait until that one has ended',
      error,
    );
  });
  const guard = new RestoreGuard(original, file, restoreFile);
  try {
    await guard.started();
  } catch (error) {
    await removeRestoreFile(restoreFile);
    throw error;
  }
  return {
    original,
    guardPid: guard.pid,
    use: (scheduler) => setScheduler(file, scheduler),
    async [Symbol.asyncDispose]() {
      await setScheduler(file, original);
      await guard.dismiss();
      await removeRestoreFile(restoreFile);
    },
  };
}

async function check(file: string, device: string, wanted: readonly string[]): Promise<string> {
  const { active, available } = parseSchedulers(await readFile(file, 'utf8').catch(() => ''));
  if (active === null) {
    throw refusal(
      device,
      'it has no I/O scheduler that could be changed',
      'name the files of a disk of its own',
    );
  }
  const missing = wanted.find((name) => !available.includes(name));
  if (missing === undefined) return active;
  const choice = available.join(', ');
  throw refusal(device, `it has no scheduler ${missing}`, `use some of ${choice}; others may need modprobe`);
}

async function setScheduler(file: string, scheduler: string): Promise<void> {
  await writeFile(file, scheduler);
  const { active } = parseSchedulers(await readFile(file, 'utf8'));
  if (active === scheduler) return;
  throw new WarmsetError('WARMSET_UNSUPPORTED', `${file} has ${active} after ${scheduler} was written`, {
    subject: file,
    remedy: 'see the kernel log',
  });
}

function refusal(device: string, why: string, remedy: string, cause?: unknown): WarmsetError {
  return new WarmsetError('WARMSET_UNSUPPORTED', `the scheduler of ${device} can't be changed: ${why}`, {
    subject: device,
    remedy,
    cause,
  });
}
