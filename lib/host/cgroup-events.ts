import { parseCgroupStat } from './cgroup-memory-files.ts';
import { type HostOptions, readHostTextOrNull } from './host-file.ts';

/** Events in one memory cgroup and below since it began, from its `memory.stat`. `null` where it doesn't say. */
export interface CgroupEvents {
  /** Pages of files that were read again soon after they were evicted here. One counter for all kinds before 5.9. */
  readonly refaultedFilePages: number | null;
  readonly majorFaults: number | null;
}

/** Pure reading of `memory.stat`. v1 prints each counter twice; the one with the descendants counts. */
export function parseCgroupEvents(text: string): CgroupEvents {
  const stat = parseCgroupStat(text);
  const of = (...names: readonly string[]): number | null => {
    for (const name of names) {
      const count = stat.get(`total_${name}`) ?? stat.get(name);
      if (count !== undefined) return count;
    }
    return null;
  };
  return {
    refaultedFilePages: of('workingset_refault_file', 'workingset_refault'),
    majorFaults: of('pgmajfault'),
  };
}

/** Reads `memory.stat` in a cgroup's directory. Every field is `null` where there is none. */
export async function readCgroupEvents(directory: string, options: HostOptions = {}): Promise<CgroupEvents> {
  return parseCgroupEvents((await readHostTextOrNull(`${directory}/memory.stat`, options)) ?? '');
}
