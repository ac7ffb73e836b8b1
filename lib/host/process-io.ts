import { type HostOptions, type ProcessId, parseCount, readHostTextOrNull } from './host-file.ts';

/**
 * What a process has read since it began, its ended threads included. `null` where it isn't told: `/proc/PID/io` needs
 * the rights to trace the process, and `CONFIG_TASK_IO_ACCOUNTING`.
 */
export interface ProcessIo {
  /** By read(2) and its like, from the cache or not; reads through mappings aren't among them. */
  readonly readCallBytes: number | null;
  /** Fetched from a block device on its behalf, read-ahead and mappings included. Not of network filesystems. */
  readonly readBytes: number | null;
  /** Page faults that had to wait for a read. */
  readonly majorFaults: number | null;
  /** When it began, in hundredths of a second since boot: with the process ID the name of one process. */
  readonly startTicks: number | null;
}

/** Of a second: what `/proc` counts times in (USER_HZ), on every architecture that Node runs on. */
export const TICKS_PER_SECOND = 100;

/** Pure reading of `/proc/PID/io` (proc_pid_io(5)): `rchar` and `read_bytes`. */
export function parseProcessIo(text: string): Pick<ProcessIo, 'readCallBytes' | 'readBytes'> {
  const of = (name: string): number | null =>
    parseCount(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
  return { readCallBytes: of('rchar'), readBytes: of('read_bytes') };
}

/** Pure reading of `majflt` in `/proc/PID/stat` (proc_pid_stat(5), field 12); `null` when it is garbled. */
export function parseMajorFaults(text: string): number | null {
  return statField(text, 12);
}

/** Pure reading of `starttime` in `/proc/PID/stat` (field 22); `null` when it is garbled. */
export function parseStartTicks(text: string): number | null {
  return statField(text, 22);
}

function statField(text: string, field: number): number | null {
  // The name may itself hold blanks and brackets: it ends at the last bracket, and field 3 follows.
  const name = text.lastIndexOf(')');
  if (name < 0) return null;
  return parseCount(
    text
      .slice(name + 1)
      .trim()
      .split(' ')[field - 3],
  );
}

/** Reads `/proc/PID/io` and `/proc/PID/stat`. Every field is `null` for a process that is gone. */
export async function readProcessIo(pid: ProcessId = 'self', options: HostOptions = {}): Promise<ProcessIo> {
  const [io, stat] = await Promise.all([
    readHostTextOrNull(`/proc/${pid}/io`, options),
    readHostTextOrNull(`/proc/${pid}/stat`, options),
  ]);
  return {
    ...parseProcessIo(io ?? ''),
    majorFaults: parseMajorFaults(stat ?? ''),
    startTicks: parseStartTicks(stat ?? ''),
  };
}
