import type { RunningProcess } from '../host/index.ts';
import { recogniseServer } from '../launch/recognise/index.ts';
import type { CacheUse } from '../launch/types.ts';
import { findFamilies } from './command-line.ts';

/** Servers of which their command lines say that they use the page cache in one special way. */
export interface LoaderGroup {
  readonly processes: readonly RunningProcess[];
  /** What of their options says so, each once. */
  readonly whys: readonly string[];
}

/** Of each family the topmost process whose server does so; `null` when there is none. */
export function findLoaders(
  processes: readonly RunningProcess[],
  state: Exclude<CacheUse['state'], 'used'>,
): LoaderGroup | null {
  const whys = new Map(processes.map((process) => [process.pid, whyOf(process, state)]));
  const found = findFamilies(processes, ({ pid }) => whys.get(pid) !== undefined);
  if (found.length === 0) return null;
  const said = found.map(({ pid }) => whys.get(pid)).filter((why) => why !== undefined);
  return { processes: found, whys: [...new Set(said)] };
}

/** What variables say isn't known: a process's environment isn't looked at. */
function whyOf({ args }: RunningProcess, state: CacheUse['state']): string | undefined {
  const server = recogniseServer(args, {});
  const uses = server?.cacheUses ?? (server === null ? [] : [server.cacheUse]);
  return uses.flatMap((use) => (use.state === state && use.state !== 'used' ? [use.why] : []))[0];
}
