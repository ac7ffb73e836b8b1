import { formatBytes } from '../../units.ts';
import { type Finding, note, ok } from '../finding.ts';
import type { Readings } from '../readings.ts';

/** Whether the set could be pinned. Only a note: warming doesn't need it. */
export function checkLocking({ limits, capabilities, set }: Readings): readonly Finding[] {
  if (capabilities?.has('CAP_IPC_LOCK')) {
    const evidence = 'CAP_IPC_LOCK (/proc/self/status) lifts RLIMIT_MEMLOCK.';
    return [ok('lock-limit', 'Files may be locked', evidence)];
  }
  const soft = limits.lockedMemory?.soft;
  if (soft === undefined) {
    const evidence = '/proc/self/limits has no readable "Max locked memory".';
    return [note('lock-limit', "How much may be locked isn't known", evidence)];
  }
  const limit = soft === Number.POSITIVE_INFINITY ? 'unlimited' : formatBytes(soft);
  const without = capabilities === null ? 'capabilities unreadable' : 'no CAP_IPC_LOCK';
  const evidence = `RLIMIT_MEMLOCK is ${limit} (/proc/self/limits), ${without} (/proc/self/status).`;
  const needed = set?.set.size;
  if (soft === Number.POSITIVE_INFINITY || (needed !== undefined && needed <= soft)) {
    return [ok('lock-limit', 'Files may be locked', evidence)];
  }
  const title =
    needed === undefined
      ? `At most ${limit} may be locked`
      : `The set of ${formatBytes(needed)} can't be locked: ${limit} may be`;
  const remedy = "Raise it (ulimit -l, systemd LimitMEMLOCK=) or add CAP_IPC_LOCK; warming doesn't need it.";
  return [note('lock-limit', title, evidence, remedy)];
}
