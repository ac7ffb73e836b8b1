import { basename } from 'node:path';
import type { RunningProcess } from '../host/index.ts';

/** The name of the program, without its folder. */
export function programName({ args, command }: RunningProcess): string {
  return basename(args[0] ?? '') || command;
}

/**
 * Those of the processes that match, of each family only the topmost: a wrapper (`timeout`, `tini`) and forked workers
 * carry the same command line.
 */
export function findFamilies(
  processes: readonly RunningProcess[],
  matches: (process: RunningProcess) => boolean,
): readonly RunningProcess[] {
  const hits = new Map(processes.filter(matches).map((process) => [process.pid, process]));
  return [...hits.values()].filter(({ parent }) => !hits.has(parent));
}

/** `vllm (4711), sglang (4712)`: never the arguments, which may hold keys and tokens. */
export function nameProcesses(processes: readonly RunningProcess[]): string {
  return processes.map(({ command, pid }) => `${command} (${pid})`).join(', ');
}
