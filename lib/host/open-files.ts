import { readdir } from 'node:fs/promises';
import { type HostOptions, hostPath, parseCount, readHostTextOrNull } from './host-file.ts';

/** A descriptor of a process, as `/proc/PID/fdinfo` shows it. */
export interface OpenFile {
  readonly descriptor: number;
  /** Unique in its filesystem only: sockets and pipes have numbers of their own. */
  readonly ino: bigint;
  /** Where the next read(2) begins, bytes. Reads at given places (pread(2), mappings) don't move it. */
  readonly position: number;
}

// What a loader reads it opened lately or holds with a few others; servers hold thousands of connections.
const MOST_DESCRIPTORS = 1024;

/** Pure reading of `/proc/PID/fdinfo/FD` (proc_pid_fdinfo(5)); `null` before 5.14, which doesn't tell the inode. */
export function parseOpenFile(descriptor: number, text: string): OpenFile | null {
  const position = parseCount(/^pos:\s*(\d+)$/m.exec(text)?.[1]);
  const ino = /^ino:\s*(\d{1,20})$/m.exec(text)?.[1];
  return position === null || ino === undefined ? null : { descriptor, ino: BigInt(ino), position };
}

/**
 * What a process has open, lowest descriptor first. `null` where that may not be asked (other users', without
 * `CAP_SYS_PTRACE`) or the process is gone.
 */
export async function readOpenFiles(
  pid: number,
  options: HostOptions = {},
): Promise<readonly OpenFile[] | null> {
  const names = await readdir(hostPath(`/proc/${pid}/fdinfo`, options)).catch(() => null);
  if (names === null) return null;
  const descriptors = names.map(Number).sort((a, b) => a - b);
  const files: OpenFile[] = [];
  for (const descriptor of descriptors.slice(0, MOST_DESCRIPTORS)) {
    const text = await readHostTextOrNull(`/proc/${pid}/fdinfo/${descriptor}`, options);
    const file = parseOpenFile(descriptor, text ?? '');
    if (file !== null) files.push(file);
  }
  return files;
}
