import { readdir } from 'node:fs/promises';
import { type HostOptions, hostPath, parseCount, readHostText } from './host-file.ts';

export interface CgroupProcesses {
  /** Of the cgroup and those below it, as this `/proc` knows them. Each once. */
  readonly pids: readonly number[];
  /** There are more: too many, or in a PID namespace that isn't seen from here. */
  readonly incomplete: boolean;
}

const MOST_CGROUPS = 1024;
const MOST_PROCESSES = 4096;

/**
 * Lists the processes of a cgroup and of those below it, by their `cgroup.procs`. Cgroups that vanish meanwhile are
 * passed over. `null` when the cgroup itself can't be read.
 */
export async function readCgroupProcesses(
  directory: string,
  options: HostOptions = {},
): Promise<CgroupProcesses | null> {
  const pids = new Set<number>();
  const queue = [directory];
  let incomplete = false;
  for (const place of queue) {
    const procs = await readHostText(`${place}/cgroup.procs`, options);
    // EOPNOTSUPP is a cgroup of threads: their processes are listed above it.
    if (procs.state === 'failed' && procs.code !== 'EOPNOTSUPP') {
      if (place === directory) return null;
      continue;
    }
    for (const line of procs.state === 'read' ? procs.text.split('\n') : []) {
      const pid = parseCount(line);
      // The kernel prints 0 for one that this PID namespace doesn't have.
      if (pid === 0 || pids.size >= MOST_PROCESSES) incomplete = true;
      else if (pid !== null) pids.add(pid);
    }
    const below = await cgroupsIn(place, options);
    const room = MOST_CGROUPS - queue.length;
    if (below.length > room) incomplete = true;
    queue.push(...below.slice(0, room));
  }
  return { pids: [...pids], incomplete };
}

async function cgroupsIn(place: string, options: HostOptions): Promise<string[]> {
  const entries = await readdir(hostPath(place, options), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${place}/${name}`);
}
