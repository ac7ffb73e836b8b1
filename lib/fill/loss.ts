import type { BudgetReadings } from '../budget/index.ts';
import { formatBytes } from '../units.ts';

// A cgroup this full reclaims its own file cache to take more in.
const FULL = 0.95;

const LOW_MEMORY = 512 * 1024 * 1024;

/** Who took pages that were resident or just read, as far as memory readings after the fill tell. Pure. */
export function explainLoss(after: BudgetReadings): string {
  const full = after.cgroups.find(
    ({ limit, current }) => limit !== null && current !== null && current >= limit * FULL,
  );
  if (full) {
    return `cgroup ${full.path} is at its limit of ${formatBytes(full.limit ?? 0)}: it reclaims its own page cache`;
  }
  if (after.memAvailable !== null && after.memAvailable < LOW_MEMORY) {
    return `the host is short of memory (${formatBytes(after.memAvailable)} available)`;
  }
  return 'unknown: somebody dropped the pages (posix_fadvise, drop_caches) or the kernel reclaimed them';
}
