import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../native/read-text.ts';
import { describeErrno } from '../native/system-error.ts';

/** Where a reader looks for the kernel's text files. */
export interface HostOptions {
  /**
   * Directory that stands for `/`: `/proc` and `/sys` are looked for below it. A sidecar that mounts the node's
   * root at `/host` passes `/host`; a test passes a fixture tree.
   *
   * @default '/'
   */
  readonly root?: string | undefined;
}

/** Which process a reader asks about: a process ID as `/proc` shows it, or the caller itself. */
export type ProcessId = number | 'self';

/** Text of a kernel file, or the errno name (`ENOENT`, `EACCES`, `EOPNOTSUPP` …) that stood in the way. */
export type HostText =
  | { readonly state: 'read'; readonly text: string }
  | { readonly state: 'failed'; readonly code: string };

/** The place of an absolute host path below {@link HostOptions.root}. */
export function hostPath(path: string, options: HostOptions = {}): string {
  return join(options.root ?? '/', path);
}

/**
 * Reads a whole kernel text file. A failed system call is an ordinary result: files of `/proc` and `/sys` come and
 * go with kernel options, containers and the processes that they describe. What is asked for in the same turn of the
 * event loop is read together, so ask for all at once.
 */
export async function readHostText(path: string, options: HostOptions = {}): Promise<HostText> {
  const text = await readText(hostPath(path, options));
  return typeof text === 'string'
    ? { state: 'read', text }
    : { state: 'failed', code: describeErrno(text.errno).code };
}

/** Like {@link readHostText} where the reason of a failure makes no difference: `null` then. */
export async function readHostTextOrNull(path: string, options: HostOptions = {}): Promise<string | null> {
  const result = await readHostText(path, options);
  return result.state === 'read' ? result.text : null;
}

/** Whether the path exists and can be seen. Never rejects. */
export async function hostPathExists(path: string, options: HostOptions = {}): Promise<boolean> {
  return access(hostPath(path, options)).then(
    () => true,
    () => false,
  );
}

/** A decimal count as the kernel prints it (surrounding blanks allowed), or `null`: also past 2^53 − 1. */
export function parseCount(text: string | null | undefined): number | null {
  if (text === null || text === undefined || !/^\s*\d+\s*$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
