import { readdir } from 'node:fs/promises';
import { type HostOptions, hostPath, type ProcessId, readHostTextOrNull } from './host-file.ts';

/** Pure reading of `/proc/PID/task/TID/children`: pids between blanks. */
export function parseChildren(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
}

/**
 * The children of a process, those that have ended and wait to be collected among them. `null` where the kernel doesn't
 * tell (CONFIG_PROC_CHILDREN, which every distribution has) or the process is gone.
 */
export async function readChildren(
  pid: ProcessId,
  options: HostOptions = {},
): Promise<readonly number[] | null> {
  const tasks = `/proc/${pid}/task`;
  const names = await readdir(hostPath(tasks, options)).catch(() => null);
  if (names === null) return null;
  // Each belongs to the thread that started it; orphans go to any.
  const texts = await Promise.all(
    names.map((name) => readHostTextOrNull(`${tasks}/${name}/children`, options)),
  );
  const told = texts.filter((text) => text !== null);
  return told.length === 0 ? null : told.flatMap(parseChildren);
}
