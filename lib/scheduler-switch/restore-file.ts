import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readHostTextOrNull } from '../host/host-file.ts';
import { readProcessIo } from '../host/index.ts';

/** What must be put back, and by whom it was changed. One file a device, while it is changed. */
export interface Leftover {
  /** `/sys/block/NAME/queue/scheduler`. */
  readonly file: string;
  readonly scheduler: string;
  readonly pid: number;
  /** When that process began, in ticks since boot: numbers of processes are used again. */
  readonly startTicks: number | null;
  /** Of the running kernel: after another boot the devices have their own schedulers anyway. */
  readonly boot: string | null;
}

/** Where the files lie: gone after a boot, like what they would restore. */
export const RESTORE_DIRECTORY = '/run/warmset/scheduler';

export async function readBootId(): Promise<string | null> {
  return (await readHostTextOrNull('/proc/sys/kernel/random/boot_id'))?.trim() ?? null;
}

/**
 * Writes it down before anything is changed, on the disk.
 *
 * @throws SystemError `EEXIST` while another process has the device changed
 */
export async function writeRestoreFile(
  directory: string,
  device: string,
  leftover: Leftover,
): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const path = join(directory, `${device}.json`);
  const file: FileHandle = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(JSON.stringify(leftover));
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

/** Every file that is there, with what it says; null where it says nothing of the kind. */
export async function readRestoreFiles(
  directory: string,
): Promise<readonly { readonly path: string; readonly leftover: Leftover | null }[]> {
  const names = await readdir(directory).catch((): string[] => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        const path = join(directory, name);
        return { path, leftover: parseLeftover(await readFile(path, 'utf8').catch(() => '')) };
      }),
  );
}

/** Pure reading; null for what isn't one: whoever may write there may still not have anything written elsewhere. */
export function parseLeftover(text: string): Leftover | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { file, scheduler, pid, startTicks, boot } = value as Record<string, unknown>;
  if (typeof file !== 'string' || !/^\/sys\/block\/[^/]+\/queue\/scheduler$/.test(file)) return null;
  if (typeof scheduler !== 'string' || !/^[a-z0-9_-]{1,32}$/.test(scheduler)) return null;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid)) return null;
  if (startTicks !== null && typeof startTicks !== 'number') return null;
  if (boot !== null && typeof boot !== 'string') return null;
  return { file, scheduler, pid, startTicks, boot };
}

/** Whether the process that changed the device still runs. */
export async function isOwnerAlive({ pid, startTicks }: Leftover): Promise<boolean> {
  const now = await readProcessIo(pid);
  return now.startTicks !== null && now.startTicks === startTicks;
}

export async function removeRestoreFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
