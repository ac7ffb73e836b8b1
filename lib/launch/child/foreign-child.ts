import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerExit } from './exit.ts';
import type { Child } from './spawn-child.ts';

const LOOK_MS = 250;

/** A process that somebody else started: it can be seen to be there, and no more. */
export function foreignChild(pid: number): Child {
  const born = birthOf(pid);
  const ended = untilGone(pid, born);
  return { pid, ended, exited: ended, kill: () => false };
}

async function untilGone(pid: number, born: string | null): Promise<ServerExit> {
  // Another process may get the same number, but not the same birth.
  while (born !== null && birthOf(pid) === born) await delay(LOOK_MS);
  return { state: 'gone' };
}

/** Field 22 of proc_pid_stat(5); null when it is gone or only waits to be collected. */
function birthOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
