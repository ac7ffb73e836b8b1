import { resolve } from 'node:path';
import { lockFile } from '../../native/file-lock.ts';
import { lockPath, readIndex, readMirrorFile, readText } from './state.ts';

export interface MirrorStatus {
  readonly local: string;
  readonly source: string;
  /** When its last run ended, milliseconds since the epoch; `null`: none has. */
  readonly endedAtMs: number | null;
  /** Whether everything of the source was there then. */
  readonly whole: boolean;
  readonly files: number;
  readonly bytes: number;
  /** The process that works on it now; `null`: none does. */
  readonly pid: number | null;
}

/** How a mirror stands; `null` where there is none. */
export async function mirrorStatus(local: string): Promise<MirrorStatus | null> {
  const to = resolve(local);
  const file = await readMirrorFile(to);
  if (file === null) return null;
  const { source, endedAtMs, whole } = file;
  const records = [...(await readIndex(to)).values()].flatMap((record) =>
    record.kind === 'file' ? [record] : [],
  );
  return {
    ...{ local: to, source, endedAtMs, whole },
    files: records.length,
    bytes: records.reduce((sum, { here }) => sum + here.size, 0),
    pid: (await findHolder(to))?.pid ?? null,
  };
}

/** Who has the lock of a mirror; `null`: nobody. */
export async function findHolder(
  local: string,
): Promise<{ readonly pid: number; readonly startTicks: number | null } | null> {
  return (await holderOf(lockPath(local, 'loop'))) ?? holderOf(lockPath(local, 'lock'));
}

async function holderOf(path: string): ReturnType<typeof findHolder> {
  const text = await readText(path);
  const match = /^(\d+) (\d*)\n$/.exec(text);
  if (match === null) return null;
  // Taken for a moment: it is free. The text goes on saying who had it last.
  await using free = await lockFile(path, { holder: text, priority: 'normal' });
  if (free !== null) return null;
  return { pid: Number(match[1]), startTicks: match[2] ? Number(match[2]) : null };
}
