import type { CacheUse } from '../../launch/types.ts';
import { nameProcesses } from '../command-line.ts';
import { type Finding, note, warning } from '../finding.ts';
import { findLoaders } from '../loaders.ts';
import type { Readings } from '../readings.ts';

interface Loader {
  readonly id: string;
  readonly state: Exclude<CacheUse['state'], 'used' | 'prefetches'>;
  readonly title: string;
  readonly remedy: string;
  readonly write: typeof note;
}

const LOADERS: readonly Loader[] = [
  {
    id: 'direct-loader',
    state: 'bypassed',
    title: 'A server loads past the page cache: warming its weights does nothing for it',
    remedy: "Don't warm its files, or choose a loader that uses the page cache.",
    write: warning,
  },
  {
    id: 'maybe-direct-loader',
    state: 'doubtful',
    title: 'A server may load past the page cache',
    remedy: "Compare a start with and without warming; if it makes no difference, don't warm its files.",
    write: note,
  },
  {
    id: 'cache-dropper',
    state: 'drops',
    title: 'A server drops its files from the page cache after loading them',
    remedy: 'Drop that option from the server, or a keeper will read them again each time.',
    write: warning,
  },
];

/** Running servers for which a warm page cache is of no use or doesn't last. Silent when there are none. */
export function checkLoaders({ processes }: Readings): readonly Finding[] {
  return LOADERS.flatMap(({ id, state, title, remedy, write }) => {
    const found = findLoaders(processes?.processes ?? [], state);
    if (found === null) return [];
    const evidence = `${nameProcesses(found.processes)} in /proc: ${found.whys.join('; ')}.`;
    return [write(id, title, evidence, remedy)];
  });
}
