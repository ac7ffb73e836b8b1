import type { ColdStartVerdict, Occupation } from '../../probe/host/index.ts';
import { formatDuration, formatShare } from '../../units.ts';
import { beside } from './pairs.ts';
import { bold } from './style.ts';
import { type Column, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const NAMES: Readonly<Record<Occupation, string>> = {
  'page-cache-fill': 'reading into the page cache',
  'direct-read': 'reading past the page cache',
  'host-to-device': 'filling GPU memory',
  gpu: 'GPU busy',
  cpu: 'processors busy',
  waiting: 'waiting for something else',
  unknown: 'not known',
};

const COLUMNS: readonly Column[] = [
  { header: 'went into' },
  { header: 'time', align: 'right' },
  { header: 'share', align: 'right' },
];

/** Where the time went, and what says so. */
export function renderHostProbe(terminal: Terminal, verdict: ColdStartVerdict): string[] {
  const { summary, seconds, totalSeconds, evidence } = verdict;
  const rows = (Object.keys(NAMES) as Occupation[])
    .filter((name) => seconds[name] > 0)
    .sort((a, b) => seconds[b] - seconds[a])
    .map((name) => [
      NAMES[name],
      formatDuration(seconds[name] * 1000, { ascii: !terminal.unicode }),
      formatShare(Math.min(1, seconds[name] / totalSeconds)),
    ]);
  const text = (sentence: string): string => (terminal.unicode ? sentence : sentence.replaceAll('µ', 'u'));
  return [
    ...beside(terminal, 'verdict', text(summary), { style: bold }),
    ...(rows.length === 0 ? [] : renderTable(terminal, COLUMNS, rows)),
    ...evidence.flatMap((sentence) => beside(terminal, '-', text(sentence))),
  ];
}
