import type { RunningProcess } from '../../host/index.ts';
import { findFamilies, nameProcesses, optionValue } from '../command-line.ts';
import { type Finding, note, warning } from '../finding.ts';
import type { Readings } from '../readings.ts';

interface Loader {
  readonly id: string;
  readonly matches: (process: RunningProcess) => boolean;
  readonly title: string;
  /** What its command line says, and what follows. */
  readonly why: string;
  readonly remedy: string;
  readonly write: typeof note;
}

const LOADERS: readonly Loader[] = [
  {
    id: 'direct-loader',
    matches: ({ args }) =>
      optionValue(args, '--load-format') === 'instanttensor' || optionValue(args, '--load-mode') === 'dio',
    title: 'A server loads past the page cache: warming its files does nothing for it',
    why: 'was started with --load-format instanttensor or --load-mode dio, which read by O_DIRECT',
    remedy: "Don't warm its files, or choose a loader that uses the page cache.",
    write: warning,
  },
  {
    id: 'maybe-direct-loader',
    matches: ({ args }) => optionValue(args, '--load-format') === 'fastsafetensors',
    title: 'A server may load past the page cache',
    why: 'was started with --load-format fastsafetensors, which with GDS never uses the page cache; whether GDS is on can not be seen',
    remedy: "With GDS, don't warm its files.",
    write: note,
  },
  {
    id: 'cache-dropper',
    matches: ({ args }) => optionValue(args, '--weight-loader-drop-cache-after-load') !== null,
    title: 'A server drops its files from the page cache after loading them',
    why: 'was started with --weight-loader-drop-cache-after-load: a keeper would read them again each time',
    remedy: 'Drop that option from the server.',
    write: warning,
  },
];

/** Running servers for which a warm page cache is of no use or doesn't last. Silent when there are none. */
export function checkLoaders({ processes }: Readings): readonly Finding[] {
  return LOADERS.flatMap(({ id, matches, title, why, remedy, write }) => {
    const found = findFamilies(processes?.processes ?? [], matches);
    return found.length === 0 ? [] : [write(id, title, `${nameProcesses(found)} in /proc ${why}.`, remedy)];
  });
}
