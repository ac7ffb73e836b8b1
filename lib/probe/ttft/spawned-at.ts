import { readHostTextOrNull } from '../../host/host-file.ts';
import { type HostOptions, readProcessIo, TICKS_PER_SECOND } from '../../host/index.ts';

/**
 * When a process was started, as `performance.now()` of this process tells time, to a hundredth of a second. `null` when
 * there is no such process, or /proc doesn't tell.
 */
export async function spawnedAt(pid: number, options: HostOptions = {}): Promise<number | null> {
  const [{ startTicks }, uptime] = await Promise.all([
    readProcessIo(pid, options),
    readHostTextOrNull('/proc/uptime', options),
  ]);
  const now = performance.now();
  const [, seconds] = /^(\d+\.\d+) /.exec(uptime ?? '') ?? [];
  if (startTicks === null || seconds === undefined) return null;
  return now - (Number(seconds) - startTicks / TICKS_PER_SECOND) * 1000;
}
