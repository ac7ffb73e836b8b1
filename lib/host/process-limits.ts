import { type HostOptions, type ProcessId, readHostTextOrNull } from './host-file.ts';

/** A resource limit. `Infinity` for unlimited, which JSON turns into `null`: render it before it leaves. */
export interface ResourceLimit {
  /** What holds now; the process may raise it up to `hard`. */
  readonly soft: number;
  readonly hard: number;
}

/** Limits of a process, from `/proc/PID/limits` (proc_pid_limits(5), getrlimit(2)). `null`: not told. */
export interface ProcessLimits {
  /** `RLIMIT_MEMLOCK`, in bytes. Does not bind a process with `CAP_IPC_LOCK`. */
  readonly lockedMemory: ResourceLimit | null;
  /** `RLIMIT_NOFILE`, in descriptors. */
  readonly openFiles: ResourceLimit | null;
}

/** Pure reading of a limits file. */
export function parseProcessLimits(text: string): ProcessLimits {
  return { lockedMemory: find(text, 'Max locked memory'), openFiles: find(text, 'Max open files') };
}

function find(text: string, name: string): ResourceLimit | null {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  const match = /^\s+(\d+|unlimited)\s+(\d+|unlimited)(?:\s|$)/.exec(line?.slice(name.length) ?? '');
  if (match === null) return null;
  return { soft: parseLimit(match[1]), hard: parseLimit(match[2]) };
}

// Limits may lie between 2^53 and 2^64; rounding up there changes nothing that a file's size could reach.
function parseLimit(word: string | undefined): number {
  return word === 'unlimited' ? Number.POSITIVE_INFINITY : Number(word);
}

/** Reads the limits of a process; both are `null` when it is gone or may not be asked. */
export async function readProcessLimits(
  pid: ProcessId = 'self',
  options: HostOptions = {},
): Promise<ProcessLimits> {
  return parseProcessLimits((await readHostTextOrNull(`/proc/${pid}/limits`, options)) ?? '');
}
