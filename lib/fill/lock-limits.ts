import { type BudgetReadings, computeBudget } from '../budget/index.ts';
import { WarmsetError } from '../errors.ts';
import { formatBytes } from '../units.ts';

export interface LockReadings extends BudgetReadings {
  /** RLIMIT_MEMLOCK, soft, in bytes; null: unknown. */
  readonly lockedMemoryLimit: number | null;
  /** CAP_IPC_LOCK lifts the limit, mlock(2). */
  readonly mayExceedLimit: boolean;
}

// vm.max_map_count is 65530 by default; a mapping a file, and Node needs some itself.
const MOST_FILES = 60_000;

/**
 * Refuses what can't be held before anything is tried: beyond RLIMIT_MEMLOCK mlock fails half-way, and beyond a
 * cgroup's limit it is answered by the OOM killer. Pure.
 *
 * @throws WarmsetError `WARMSET_LOCK_LIMIT`
 */
export function checkLockLimits(bytes: number, files: number, readings: LockReadings): void {
  const { lockedMemoryLimit, mayExceedLimit } = readings;
  if (!mayExceedLimit && lockedMemoryLimit !== null && bytes > lockedMemoryLimit) {
    throw refusal(
      `RLIMIT_MEMLOCK allows ${formatBytes(lockedMemoryLimit)}, the files have ${formatBytes(bytes)}`,
      'Raise it (`ulimit -l`, systemd LimitMEMLOCK=), or run with CAP_IPC_LOCK.',
    );
  }
  // Locked pages can't be reclaimed, so all of what is available may be needed but no more.
  const { allowed, reason, binding } = computeBudget(readings, { fractionOfAvailable: LOCKABLE_SHARE });
  if (bytes > allowed) {
    throw refusal(
      `${formatBytes(allowed)} can be held (${reason}), the files have ${formatBytes(bytes)}`,
      binding === 'cgroup' ? "Raise the cgroup's memory limit, or lock fewer files." : 'Lock fewer files.',
    );
  }
  if (files > MOST_FILES) {
    throw refusal(
      `${files} files need as many mappings; the kernel allows 65530 by default`,
      'Lock fewer files, or only the large ones.',
    );
  }
}

// Leaves the host something to breathe: what is locked can't be given back in an emergency.
const LOCKABLE_SHARE = 0.9;

function refusal(message: string, remedy: string): WarmsetError {
  return new WarmsetError('WARMSET_LOCK_LIMIT', `This set can't be locked: ${message}.`, { remedy });
}
