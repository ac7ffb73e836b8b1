import type { RunningProcess } from '../../host/index.ts';
import { findFamilies, nameProcesses, programName } from '../command-line.ts';
import { type Finding, note, ok, warning } from '../finding.ts';
import { findLoaders } from '../loaders.ts';
import type { Readings } from '../readings.ts';
import { count } from '../words.ts';

const WARMING_VERBS = new Set(['keep', 'warm', 'lock', 'run']);

/** Whether someone else already fills the cache: two warmers compete for the disk and the memory. */
export function checkWarmers({ processes }: Readings): readonly Finding[] {
  if (processes === null) {
    const evidence = '/proc could not be listed: other warmers and loaders may run.';
    return [note('processes', "Running processes couldn't be looked at", evidence)];
  }
  const warmers = findFamilies(processes.processes, isWarmer);
  const prefetchers = findLoaders(processes.processes, 'prefetches');
  const findings: Finding[] = [];
  if (warmers.length > 0) {
    const title = `${count(warmers.length, 'other warmer')} running`;
    const evidence = `${nameProcesses(warmers)} in /proc. Two warmers compete for the disk, and each one's budget ignores the other.`;
    findings.push(warning('other-warmer', title, evidence, 'Keep one of them.'));
  }
  if (prefetchers !== null) {
    findings.push(
      warning(
        'engine-prefetch',
        'A server prefetches its weights itself',
        `${nameProcesses(prefetchers.processes)} in /proc: ${prefetchers.whys.join('; ')}. Both read the same files at the same time.`,
        "Switch that off in the server, or don't warm its files.",
      ),
    );
  }
  if (findings.length > 0) return findings;
  const unread = processes.unread > 0 ? `, ${processes.unread} more couldn't be read` : '';
  const evidence = `${processes.processes.length} processes in /proc looked at${unread}; those of other PID namespaces can't be seen from a container.`;
  const write = processes.unread > 0 ? note : ok;
  return [write('other-warmer', 'No other warmer was seen', evidence)];
}

function isWarmer(running: RunningProcess): boolean {
  const program = programName(running);
  if (program === 'vmtouch') return touches(running.args);
  const isNode = /^node(js)?$/.test(program);
  // Under node the script comes first after node's own options.
  const words = running.args.slice(1).filter((arg) => !arg.startsWith('-'));
  const script = isNode ? words.shift() : running.args[0];
  return script !== undefined && isWarmset(script) && WARMING_VERBS.has(words[0] ?? '');
}

/** vmtouch without -t, -l or -L only counts; with -d it stays. */
function touches(args: readonly string[]): boolean {
  return args.length === 0 || args.some((arg) => /^-[A-Za-z]*[tlLd]/.test(arg));
}

function isWarmset(script: string): boolean {
  return /(^|\/)warmset$|\/warmset\/dist\/cli\.js$/.test(script);
}
