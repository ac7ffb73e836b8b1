import { readdir } from 'node:fs/promises';
import { type HostOptions, hostPath, parseCount, readHostText, readHostTextOrNull } from './host-file.ts';
import { parseProcessStat } from './processes.ts';

// A server has a few processes and a few hundred threads; what forks without end isn't followed without end.
const MOST_PROCESSES = 512;

/**
 * A process and its descendants that this `/proc` shows, by `/proc/PID/task/TID/children` (`CONFIG_PROC_CHILDREN`;
 * without it the process alone). Those that ended and wait to be collected aren't among them. One whose parent ended is
 * nobody's descendant any more: who saw it before knows its number.
 */
export async function readProcessTree(root: number, options: HostOptions = {}): Promise<readonly number[]> {
  const found = new Set<number>([root]);
  const living: number[] = [];
  for (const pid of found) {
    const stat = parseProcessStat((await readHostTextOrNull(`/proc/${pid}/stat`, options)) ?? '');
    if (stat === null || stat.state === 'Z' || stat.state === 'X') continue;
    living.push(pid);
    for (const child of await readChildren(pid, options)) if (found.size < MOST_PROCESSES) found.add(child);
  }
  return living;
}

async function readChildren(pid: number, options: HostOptions): Promise<readonly number[]> {
  const threads = await readdir(hostPath(`/proc/${pid}/task`, options)).catch((): string[] => []);
  const children: number[] = [];
  for (const thread of threads) {
    const list = await readHostText(`/proc/${pid}/task/${thread}/children`, options);
    if (list.state === 'read') {
      children.push(...list.text.split(' ').flatMap((word) => parseCount(word) ?? []));
      continue;
    }
    // The whole kernel has the file or hasn't; a thread that ended is another matter.
    if (thread === String(pid)) break;
  }
  return children;
}
