import { stat } from 'node:fs/promises';
import { runCommand } from '../../change/index.ts';

/**
 * Does something to the names in directories whose times of modification shall not tell of it. Those that aren't there
 * are passed over.
 */
export async function keepMtime<T>(directories: readonly string[], change: () => Promise<T>): Promise<T> {
  const before: (readonly [path: string, mtimeNs: bigint])[] = [];
  for (const path of new Set(directories)) {
    const mtimeNs = await mtimeOf(path);
    if (mtimeNs !== null) before.push([path, mtimeNs]);
  }
  try {
    return await change();
  } finally {
    for (const [path, mtimeNs] of before) await setMtime(path, mtimeNs);
  }
}

/** Nanoseconds since the epoch; `null` where there is nothing. */
export async function mtimeOf(path: string): Promise<bigint | null> {
  return stat(path, { bigint: true }).then(
    ({ mtimeNs }) => mtimeNs,
    () => null,
  );
}

/** Leaves alone what has that time already, and what isn't there. */
export async function setMtime(path: string, mtimeNs: bigint): Promise<void> {
  const now = await mtimeOf(path);
  if (now === null || now === mtimeNs) return;
  // utimes of Node takes seconds as a double, which cuts nanoseconds off.
  const [seconds, rest] = [mtimeNs / 1_000_000_000n, mtimeNs % 1_000_000_000n];
  const at = `@${seconds}.${rest.toString().padStart(9, '0')}`;
  await runCommand(['touch', '--no-create', '-m', '-d', at, '--', path]);
}
