import { readFileSync } from 'node:fs';
import { type HostOptions, hostPath, type ProcessId } from './host-file.ts';

/** How a process stands to a terminal. */
export interface ProcessGroup {
  readonly group: number;
  readonly session: number;
  /** The group in the foreground of its terminal; null without a terminal. */
  readonly foreground: number | null;
}

/** Pure reading of `/proc/PID/stat`; null when it is garbled. */
export function parseProcessGroup(text: string): ProcessGroup | null {
  // A name may itself hold blanks and brackets: it ends at the last bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [group, session, terminal, foreground] = fields.slice(2, 6).map(Number);
  if (!(group !== undefined && group > 0) || session === undefined || foreground === undefined) return null;
  return { group, session, foreground: terminal !== 0 && foreground > 0 ? foreground : null };
}

/** At once, because a signal waits for the answer; null when the process is gone. */
export function readProcessGroup(pid: ProcessId, options: HostOptions = {}): ProcessGroup | null {
  try {
    return parseProcessGroup(readFileSync(hostPath(`/proc/${pid}/stat`, options), 'utf8'));
  } catch {
    return null;
  }
}
