/** What no value can be judged for alone. Each check bears values of wrong types: the schema reports those. */
import { isLoopback, parseListen } from '../listen-address.ts';
import type { Finding } from './findings.ts';
import { valueAt } from './findings.ts';
import { quote } from './problem.ts';

export function crossCheck(root: unknown): Finding[] {
  return [...checkNames(root), ...checkListen(root), ...checkWatch(root)];
}

function checkNames(root: unknown): Finding[] {
  const sets = valueAt(root, ['sets']);
  if (!Array.isArray(sets)) return [];
  const seen = new Set<string>();
  return sets.flatMap((_set, index) => {
    const path = ['sets', index, 'name'] as const;
    const name = valueAt(root, path);
    if (typeof name !== 'string') return [];
    const message = `another set is called ${quote(name)} too`;
    const twice = seen.has(name);
    seen.add(name);
    return twice ? [{ path, key: false, message, remedy: 'give each set a name of its own' }] : [];
  });
}

function checkListen(root: unknown): Finding[] {
  const listen = valueAt(root, ['listen']);
  if (typeof listen !== 'string' || valueAt(root, ['allowRemote']) === true) return [];
  try {
    if (isLoopback(parseListen(listen))) return [];
  } catch {
    // What is no address has been reported as that.
    return [];
  }
  const message = `${quote(listen)} can be reached from other hosts, and allowRemote is false`;
  const remedy = 'listen at 127.0.0.1, or set allowRemote: true if everybody on the network may look';
  return [{ path: ['listen'], key: false, message, remedy }];
}

function checkWatch(root: unknown): Finding[] {
  const watch = valueAt(root, ['watch']);
  if (typeof watch !== 'object' || watch === null || Array.isArray(watch)) return [];
  const [pid, cgroup] = [valueAt(root, ['watch', 'pid']), valueAt(root, ['watch', 'cgroup'])];
  if (pid !== undefined && cgroup !== undefined) {
    const message = 'a process and a cgroup are both named';
    return [{ path: ['watch', 'cgroup'], key: true, message, remedy: 'keep one of pid and cgroup' }];
  }
  if (pid !== undefined || cgroup !== undefined) return [];
  const message = 'names neither a process nor a cgroup';
  return [{ path: ['watch'], key: true, message, remedy: 'give it pid or cgroup, or leave it out' }];
}
