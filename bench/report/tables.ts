import { formatBytes, formatRate } from '../../lib/units.ts';
import type { ResultFile, Results } from '../results.ts';
import {
  cpuPerGib,
  type Metric,
  ownRate,
  processRate,
  ranked,
  spread,
  value,
  variantsOf,
  wall,
} from './derive.ts';
import { plain, seconds, withRange } from './format.ts';

/** The tables of the page: median, least and most of all rounds. */

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly table: string;
}

interface Column {
  readonly head: string;
  readonly metric: Metric;
  readonly show: (number: number) => string;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** A row for each contender that has a figure in the first column, best first. */
function byContender(
  result: ResultFile,
  columns: readonly Column[],
  order: 'most' | 'least',
  variant = '',
): string {
  const [{ metric }] = columns as [Column];
  const rows = ranked(result, metric, order, () => true, variant).map(({ id, label }) => [
    label,
    ...columns.map((column) => withRange(spread(result, id, column.metric, variant), column.show)),
  ]);
  return table(['', ...columns.map(({ head }) => head)], rows);
}

/** A row for each variant and a column for each contender. */
function byVariant(result: ResultFile, metric: Metric, show: (number: number) => string): string {
  const { contenders } = result;
  const rows = variantsOf(result).map((variant) => [
    variant,
    ...contenders.map(({ id }) => withRange(spread(result, id, metric, variant), show)),
  ]);
  return table(['', ...contenders.map(({ label }) => label)], rows);
}

const RATE: Column = { head: 'whole process', metric: processRate, show: formatRate };
const OWN: Column = { head: 'by its own clock', metric: ownRate, show: formatRate };
const CPU: Column = { head: 'CPU s per GiB', metric: cpuPerGib, show: plain };
const PEAK: Column = { head: 'peak memory', metric: value('peakMemory'), show: formatBytes };
const WALL: Column = { head: 'whole process', metric: wall, show: seconds };

const SCANS: readonly Column[] = [
  { head: 'first mmap scan', metric: value('mmapFirst'), show: seconds },
  { head: 'read(2)', metric: value('read'), show: seconds },
  { head: 'second mmap scan', metric: value('mmapAgain'), show: seconds },
];

export function largeFillTables(result: ResultFile): readonly Section[] {
  const swept = result.samples.filter(({ variant }) => variant === 'sweep');
  return [
    {
      title: 'Cold fill of large files',
      text: `${formatBytes(result.settings.bytes ?? 0)} in ${result.settings.files} files. Rates count pages that mincore(2) calls up to date when the process has ended. Rows of fio that read directly leave nothing in the cache: they are what the device can do.`,
      table: byContender(result, [OWN, RATE, CPU, PEAK], 'most'),
    },
    {
      title: 'The same, for tools without a clock of their own',
      text: 'By the wall clock of the whole process, the start of Node included.',
      table: byContender(result, [RATE, CPU, PEAK], 'most'),
    },
    {
      title: 'What a reader pays afterwards',
      text: 'Another process maps the warm files and touches a byte of each page; then one reads them through a buffer of 1 MiB; then one maps them again. On a virtual machine whose host takes free memory back, the first to touch a page can pay for that too.',
      table: byContender(result, SCANS, 'least'),
    },
    {
      title: 'What fio can do',
      text: 'Every way once, in one run; the fastest went through all rounds above.',
      table: table(
        ['', 'by its own clock'],
        swept
          .map(({ contender, values }) => ({ contender, rate: ownRate(values) ?? 0 }))
          .sort((a, b) => b.rate - a.rate)
          .map(({ contender, rate }) => [
            result.contenders.find(({ id }) => id === contender)?.label ?? contender,
            formatRate(rate),
          ]),
      ),
    },
  ];
}

const SIMPLE: Readonly<Record<string, (result: ResultFile) => Section>> = {
  'usual-read-ahead': (result) => ({
    title: 'With the read-ahead that most disks have',
    text: `${formatBytes(result.settings.bytes ?? 0)} in ${result.settings.files} files on an ext4 of its own, whose device has a read_ahead_kb of ${result.settings.readAheadKb}. It is a loop device, which makes the device's part slower for everybody, and whose own threads nobody's CPU time here has in it.`,
    table: byContender(result, [RATE, CPU, ...SCANS], 'most'),
  }),
  'small-fill': (result) => ({
    title: 'Cold fill of small files',
    text: `${result.settings.files} files of 1 to 64 KiB, ${formatBytes(result.settings.bytes ?? 0)}. Names and inodes are in memory for everybody: only the contents are cold.`,
    table: byContender(result, [WALL, CPU, PEAK], 'least'),
  }),
  'already-warm': (result) => ({
    title: 'Already warm',
    text: `What \`warm\` costs where ${formatBytes(result.settings.bytes ?? 0)} are resident already.`,
    table: table(
      ['', 'time'],
      [
        ['warmset warm, whole process', withRange(spread(result, 'warmset', wall), seconds)],
        [
          'warm(), first call of a process',
          withRange(spread(result, 'warmset-library', value('first')), seconds),
        ],
        ['warm(), later calls', withRange(spread(result, 'warmset-library', value('call')), seconds)],
      ],
    ),
  }),
  folios: (result) => ({
    title: 'What folio sizes mean to a reader',
    text: `The same ${formatBytes(result.settings.bytes ?? 0)} filled both ways, then mapped and a byte of each page touched by another process, twice. The share of large folios is that of cached bytes in folios of 2 MiB, by /proc/kpageflags. The first scan includes what the first touch of each page costs: on a virtual machine whose host takes free memory back more than anything else, where the fill didn't pay for it.`,
    table: byContender(
      result,
      [
        { head: 'second mmap scan', metric: value('mmapAgain'), show: seconds },
        { head: 'its CPU', metric: value('mmapAgainCpu'), show: seconds },
        { head: 'first mmap scan', metric: value('mmapFirst'), show: seconds },
        { head: 'its CPU', metric: value('mmapFirstCpu'), show: seconds },
        { head: 'in 2 MiB folios', metric: value('largeShare'), show: (share) => `${plain(share * 100)} %` },
      ],
      'least',
    ),
  }),
  neighbour: (result) => ({
    title: 'What a neighbour on the device waits',
    text: `Another process reads 64 KiB at random places of a file of its own every few milliseconds, past the page cache, while ${formatBytes(result.settings.bytes ?? 0)} are filled from cold. Fills that took longer than ${result.settings.limit} s were ended then; rates count what was up to date. The first moments, in which a neighbour meets a fill at full speed, are in it.`,
    table: byContender(
      result,
      [
        { head: 'p95 of its reads', metric: value('p95'), show: seconds },
        { head: 'median', metric: value('p50'), show: seconds },
        { head: 'p99', metric: value('p99'), show: seconds },
        { head: 'most', metric: value('most'), show: seconds },
        { head: 'the fill', metric: processRate, show: formatRate },
      ],
      'least',
      'with a neighbour',
    ),
  }),
  'event-loop': (result) => ({
    title: 'Event-loop delay during a fill',
    text: 'By `monitorEventLoopDelay` with a resolution of 1 ms, which is part of every value.',
    table: byContender(
      result,
      [
        { head: 'p99', metric: value('p99'), show: seconds },
        { head: 'median', metric: value('p50'), show: seconds },
        { head: 'most', metric: value('most'), show: seconds },
        { head: 'lasted', metric: value('seconds'), show: seconds },
      ],
      'least',
    ),
  }),
  memory: (result) => ({
    title: 'Peak memory and growth',
    text: '`warmset warm` over cold sets of several sizes.',
    table: table(
      ['', 'peak memory', 'whole process', 'CPU s per GiB'],
      bySize(result).map((variant) => [
        variant,
        withRange(spread(result, 'warmset', value('peakMemory'), variant), formatBytes),
        withRange(spread(result, 'warmset', wall, variant), seconds),
        withRange(spread(result, 'warmset', cpuPerGib, variant), plain),
      ]),
    ),
  }),
  'start-up': (result) => ({
    title: 'Start',
    text: 'EMPTY is a file without content: all that is left is the start.',
    table: byContender(result, [WALL, PEAK], 'least'),
  }),
  launch: (result) => ({
    title: 'Starting a server',
    text: `A loader that maps ${formatBytes(result.settings.bytes ?? 0)} and copies all of it out of the mapping, or touches a byte of each page, alone and behind \`warmset run\`: seconds from its first look at the file to its end. Imports are ${result.settings.importSeconds} s of sleep, longer than the cold read.`,
    table: byVariant(result, value('load'), seconds),
  }),
  micro: (result) => ({
    title: 'One call of the binding',
    text: 'By tinybench, each in a process of its own; the median of the calls of a process, then over processes.',
    table: byContender(
      result,
      [
        { head: 'median', metric: value('median'), show: seconds },
        { head: 'p99', metric: value('p99'), show: seconds },
      ],
      'least',
    ),
  }),
};

function bySize(result: ResultFile): readonly string[] {
  const most = (variant: string, name: string): number =>
    spread(result, 'warmset', value(name), variant)?.most ?? 0;
  return [...variantsOf(result)].sort((a, b) => most(a, 'bytes') - most(b, 'bytes'));
}

export function sections(
  results: Results,
): readonly { readonly result: ResultFile; readonly sections: readonly Section[] }[] {
  return Object.values(results).map((result) => ({ result, sections: sectionsOf(result) }));
}

function sectionsOf(result: ResultFile): readonly Section[] {
  if (result.kind === 'large-fill') return largeFillTables(result);
  if (result.kind === 'query') return queryTables(result);
  const simple = SIMPLE[result.kind];
  return simple ? [simple(result)] : [];
}

function queryTables(result: ResultFile): readonly Section[] {
  return [
    {
      title: 'Residency query, the question itself',
      text: 'For a program, the time of the process without that of the same program over a file without content; for the library, the median of calls in a process that runs.',
      table: byVariant(result, value('query'), seconds),
    },
    {
      title: 'Residency query, whole process',
      text: 'With the start of the program; for the library, the first call of a process.',
      table: byVariant(result, wall, seconds),
    },
  ];
}
