import { open, readdir } from 'node:fs/promises';
import { type HostOptions, hostPath, readHostTextOrNull } from './host-file.ts';

/** A process as `/proc/PID` shows it. Its arguments may hold secrets: don't print them. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Its `comm`, at most 15 bytes. */
  readonly command: string;
  /** The first 64 KiB of its command line; empty for kernel threads and those that rewrote theirs. */
  readonly args: readonly string[];
}

export interface ProcessScan {
  /** By pid. Without the caller, its ancestors, and processes that ended and wait to be collected. */
  readonly processes: readonly RunningProcess[];
  /** Processes whose files may not be read (`hidepid`), and those beyond the bound. */
  readonly unread: number;
}

/** What one line of `/proc/PID/stat` says that is needed here. */
export interface ProcessStat {
  readonly pid: number;
  readonly command: string;
  /** `Z` is a zombie. */
  readonly state: string;
  readonly parent: number;
}

export interface ScanOptions extends HostOptions {
  /** Processes looked at, lowest pid first. @default 32768 */
  readonly mostProcesses?: number | undefined;
}

const MOST_PROCESSES = 32_768;
const MOST_ARGUMENT_BYTES = 65_536;
const AT_ONCE = 16;

/** Pure reading of `/proc/PID/stat` (proc_pid_stat(5)); `null` when it is garbled. */
export function parseProcessStat(text: string): ProcessStat | null {
  // A name may itself hold blanks and brackets: it ends at the last bracket.
  const match = /^(\d{1,10}) \(([\s\S]*)\) (\S) (\d{1,10}) /.exec(text);
  if (match === null) return null;
  return { pid: Number(match[1]), command: match[2] ?? '', state: match[3] ?? '', parent: Number(match[4]) };
}

/** Pure reading of `/proc/PID/cmdline`: arguments that each end with a zero byte. */
export function parseCommandLine(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/**
 * Lists the processes that this `/proc` shows: those of the caller's PID namespace, so a container sees only its own.
 * Ones that vanish meanwhile are passed over. `null` when `/proc` can't be listed at all.
 */
export async function readProcesses(options: ScanOptions = {}): Promise<ProcessScan | null> {
  const names = await readdir(hostPath('/proc', options)).catch(() => null);
  if (names === null) return null;
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  pids.sort((a, b) => a - b);
  const asked = pids.slice(0, options.mostProcesses ?? MOST_PROCESSES);
  const stats: ProcessStat[] = [];
  const processes: RunningProcess[] = [];
  let unread = pids.length - asked.length;
  const queue = asked.values();
  const worker = async (): Promise<void> => {
    for (const pid of queue) {
      const stat = parseProcessStat((await readHostTextOrNull(`/proc/${pid}/stat`, options)) ?? '');
      const commandLine = stat && (await readCommandLine(pid, options));
      if (stat) stats.push(stat);
      if (commandLine === 'refused') unread += 1;
      else if (stat && typeof commandLine === 'object' && commandLine !== null && stat.state !== 'Z') {
        processes.push({ pid, parent: stat.parent, command: stat.command, args: commandLine.args });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const own = await readOwnLine(stats, options);
  const others = processes.filter(({ pid }) => !own.has(pid)).sort((a, b) => a.pid - b.pid);
  return { processes: others, unread };
}

type CommandLine = { readonly args: readonly string[] } | 'gone' | 'refused';

async function readCommandLine(pid: number, options: HostOptions): Promise<CommandLine> {
  // Not readFile: a command line may be megabytes long.
  const file = await open(hostPath(`/proc/${pid}/cmdline`, options)).catch((error) => codeOf(error));
  if (typeof file === 'string') return file === 'ENOENT' || file === 'ESRCH' ? 'gone' : 'refused';
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(MOST_ARGUMENT_BYTES),
      0,
      MOST_ARGUMENT_BYTES,
      0,
    );
    return { args: parseCommandLine(buffer.toString('utf8', 0, bytesRead)) };
  } catch (error) {
    return codeOf(error) === 'ESRCH' ? 'gone' : 'refused';
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The caller and its ancestors: a shell whose command names a program isn't that program. */
async function readOwnLine(
  stats: readonly ProcessStat[],
  options: HostOptions,
): Promise<ReadonlySet<number>> {
  const line = new Set<number>();
  const parents = new Map(stats.map(({ pid, parent }) => [pid, parent]));
  // The number that this /proc knows the caller by: process.pid is another one in a sidecar that looks at the node's.
  const self = parseProcessStat((await readHostTextOrNull('/proc/self/stat', options)) ?? '');
  for (let pid = self?.pid ?? 0; pid > 0 && !line.has(pid); pid = parents.get(pid) ?? 0) line.add(pid);
  return line;
}
