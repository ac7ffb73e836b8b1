import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WarmsetError } from '../../errors.ts';
import { readProcessIo } from '../../host/index.ts';
import { findHolder } from './status.ts';

const LOOK_EVERY_MS = 50;

/**
 * Ends the process that works on a mirror with SIGTERM, and waits until it has let go of it: by then every file is whole
 * or as it was.
 *
 * @returns its process ID; `null`: there was none
 * @throws WarmsetError `WARMSET_STORAGE` where it can't be told which process that is, or it may not be ended
 */
export async function stopMirror(
  local: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<number | null> {
  const to = resolve(local);
  const holder = await findHolder(to);
  if (holder === null) return null;
  const { pid, startTicks } = holder;
  // Numbers of processes are used again, and a lock may be held from another PID namespace.
  if (startTicks === null || (await readProcessIo(pid)).startTicks !== startTicks) {
    throw cannot(to, `which process works on it can't be told: ${pid} is another one here`);
  }
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    throw cannot(to, `process ${pid} may not be ended by this user`, error);
  }
  while ((await findHolder(to))?.pid === pid) await delay(LOOK_EVERY_MS, undefined, { signal });
  return pid;
}

function cannot(local: string, why: string, cause?: unknown): WarmsetError {
  return new WarmsetError('WARMSET_STORAGE', `the mirror ${local} can't be ended: ${why}`, {
    subject: local,
    remedy: 'end it where it was started',
    cause,
  });
}
