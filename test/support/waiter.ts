import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** What the wrapper of a server is called when only waiting is left to do. */
export const WAITER = 'warmset-wait';

/** For a server in sh: goes on when whoever started it has become the small program; ends with 99 without. */
export const UNTIL_SMALL = `n=0; until [ "$(cat /proc/$PPID/comm)" = ${WAITER} ]; do n=$((n + 1)); [ $n = 300 ] && exit 99; sleep 0.03; done;`;

export function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}

/** Resolves when that process, which is the wrapper of a server, is the small program. */
export async function becameSmall(pid: number | undefined): Promise<void> {
  await expect.poll(() => nameOf(pid ?? 0), { timeout: 10_000, interval: 20 }).toBe(WAITER);
}
