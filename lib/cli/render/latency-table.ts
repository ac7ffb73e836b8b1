import { latencyHistogram } from '../../probe/histogram.ts';
import type { LatencySummary } from '../../probe/index.ts';
import { formatCount, formatDuration } from '../../units.ts';
import { accent, dim } from './style.ts';
import { type Column, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column[] = [
  { header: '' },
  { header: 'samples', align: 'right', drop: 1 },
  { header: 'p50', align: 'right' },
  { header: 'p95', align: 'right' },
  { header: 'p99', align: 'right', drop: 2 },
  { header: 'max', align: 'right', drop: 3 },
];

export type LatencyRow = readonly [name: string, summary: LatencySummary | null];

/** A row for each kind that has samples. */
export function renderLatencies(terminal: Terminal, rows: readonly LatencyRow[]): string[] {
  const shown = (ms: number): string => formatDuration(ms, { ascii: !terminal.unicode });
  const found = rows.flatMap(([name, summary]) =>
    summary === null
      ? []
      : [
          [
            name,
            formatCount(summary.samples),
            shown(summary.p50Ms),
            shown(summary.p95Ms),
            shown(summary.p99Ms),
            shown(summary.maxMs),
          ],
        ],
  );
  return found.length === 0 ? [] : renderTable(terminal, COLUMNS, found);
}

const MOST_CELLS = 40;

/** A bar for each bucket, the longest one as long as there is room for. Nothing for fewer than two samples. */
export function renderHistogram(
  terminal: Terminal,
  title: string,
  milliseconds: readonly number[],
): string[] {
  const buckets = latencyHistogram(milliseconds);
  if (milliseconds.length < 2) return [];
  const most = Math.max(...buckets.map(({ count }) => count));
  const labels = buckets.map(({ leMs }) => `<= ${formatDuration(leMs, { ascii: !terminal.unicode })}`);
  const [label, digits] = [Math.max(...labels.map(({ length }) => length)), String(most).length];
  const room = terminal.columns === null ? MOST_CELLS : terminal.columns - label - digits - 5;
  const cells = Math.max(1, Math.min(MOST_CELLS, room));
  return [
    dim(terminal, title),
    ...buckets.map(({ count }, at) => {
      // Whatever was there at all is seen.
      const length = count === 0 ? 0 : Math.max(1, Math.round((count / most) * cells));
      const bar = (terminal.unicode ? '█' : '#').repeat(length);
      return `  ${(labels[at] ?? '').padStart(label)} ${String(count).padStart(digits)} ${accent(terminal, bar)}`.trimEnd();
    }),
  ];
}
