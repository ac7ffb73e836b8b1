import { type Html, html } from '../../../html.ts';
import { formatBytes, formatDuration } from '../../../units.ts';
import type { ConditionSummary, Figures } from '../../analyse.ts';
import type { Design, Trial } from '../../types.ts';
import { describeCondition } from '../describe.ts';
import { notesOf } from '../notes.ts';
import type { Report } from '../report.ts';
import { nameOf } from './distribution.ts';

interface Column {
  readonly header: string;
  readonly text?: boolean;
}

function table(label: string, columns: readonly Column[], rows: readonly Html[]): Html {
  const headers = columns.map(
    ({ header, text }) => html`<th scope="col" class="${text ? 'text' : 'number'}">${header}</th>`,
  );
  // Wider than a phone: it scrolls by itself, also by keyboard.
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table><thead><tr>${headers}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function row(columns: readonly Column[], cells: readonly string[], kind = ''): Html {
  const parts = cells.map(
    (cell, at) => html`<td class="${columns[at]?.text ? 'text' : 'number'}">${cell}</td>`,
  );
  return html`<tr class="${kind}">${parts}</tr>`;
}

const SUMMARY: readonly Column[] = [
  { header: 'condition', text: true },
  { header: 'trials' },
  { header: 'void' },
  { header: 'preparation' },
  { header: 'load' },
  { header: 'total' },
  { header: 'interval' },
];

export function summaryTable(summaries: readonly ConditionSummary[], { conditions }: Design): Html {
  const rows = summaries.map((summary) => {
    const condition = conditions.find(({ name }) => name === summary.condition);
    const meaning = condition === undefined ? '' : `: ${describeCondition(condition)}`;
    const { trials, voids, preparation, load, total } = summary;
    return row(SUMMARY, [
      `${nameOf(summary)}${meaning}`,
      String(trials.length),
      String(voids),
      middle(preparation),
      middle(load),
      middle(total),
      interval(total),
    ]);
  });
  return table('Conditions', SUMMARY, rows);
}

function middle(figures: Figures | null): string {
  return figures === null ? '–' : formatDuration(figures.spread.median);
}

function interval(figures: Figures | null): string {
  if (!figures?.interval) return '–';
  return `${formatDuration(figures.interval.low)} to ${formatDuration(figures.interval.high)}`;
}

const TRIALS: readonly Column[] = [
  { header: 'trial' },
  { header: 'condition', text: true },
  { header: 'preparation' },
  { header: 'load' },
  { header: 'read by us' },
  { header: 'by others' },
  { header: 'stalled: disk' },
  { header: 'memory' },
  { header: 'CPU' },
  { header: 'load avg.' },
  { header: 'note', text: true },
];

export function trialTable(report: Report): Html {
  const rows = report.trials.map((trial) => trialRow(trial, report));
  return table('Trials', TRIALS, rows);
}

function trialRow(trial: Trial, report: Report): Html {
  const start = [String(trial.index + 1), nameOf(trial)];
  if (trial.state === 'void') {
    return row(TRIALS, [...start, ...Array.from({ length: 8 }, () => '–'), `void: ${trial.why}`], 'void');
  }
  const { interference } = trial;
  return row(TRIALS, [
    ...start,
    duration(trial.preparationMs),
    duration(trial.loadMs),
    bytes(interference.ourBytes),
    bytes(interference.othersBytes),
    duration(interference.stalledMs.io),
    duration(interference.stalledMs.memory),
    duration(interference.stalledMs.cpu),
    interference.load.toFixed(2),
    notesOf(trial, report).join('; '),
  ]);
}

function duration(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}

function bytes(value: number | null): string {
  return value === null ? 'unknown' : formatBytes(value);
}
