/** Who holds a node's lock, in its own words: a hint, and only as true as the file is. */
export interface LockHolder {
  /** As its own PID namespace counts. */
  readonly pid: number;
  /** Its host's name; in a container usually the container's or the pod's. */
  readonly host: string;
  /** When the process began: milliseconds since the epoch. */
  readonly startedAtMs: number;
}

/** The three lines that stand in the file. */
export function formatHolder({ pid, host, startedAtMs }: LockHolder): string {
  return `pid ${pid}\nhost ${host}\nstarted ${new Date(startedAtMs).toISOString()}\n`;
}

/** Reads them back; `null` for anything else. */
export function parseHolder(text: string): LockHolder | null {
  const match = /^pid (\d{1,10})\nhost ([!-~]{1,255})\nstarted (\S{1,40})\n$/.exec(text);
  if (match === null) return null;
  const [, pid, host = '', started = ''] = match;
  const startedAtMs = Date.parse(started);
  return Number.isNaN(startedAtMs) ? null : { pid: Number(pid), host, startedAtMs };
}
