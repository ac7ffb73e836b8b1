import { formatBytes, formatDuration } from '../../units.ts';
import type { ConditionSummary, Figures } from '../analyse.ts';
import { FACT_NAMES, type MachineFacts } from '../machine-facts.ts';
import { describeDesign } from './describe.ts';
import { notesOf } from './notes.ts';
import type { Report } from './report.ts';

/** A table of Markdown; cells are text, not markup. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |\n`;
  return line(header) + line(header.map(() => '---')) + rows.map(line).join('');
}

/** Text that means itself, in one line. */
export function markdownText(text: string): string {
  return text.replace(/[\\`*_<>|[\]#]/g, '\\$&').replace(/\s+/g, ' ');
}

/** `storage_load_bench.md`: what the loads came to. */
export function renderStorageMarkdown(report: Report): string {
  const { verdicts, analysis, trials, header } = report;
  return [
    '# Storage load benchmark\n\n',
    `${describeDesign(report)}\n\n`,
    '## Conclusion\n\n',
    ...verdicts.map(({ scheduler, headline, sentences }) => {
      const name = scheduler === null ? '' : `With the scheduler ${scheduler}: `;
      return `**${name}${markdownText(headline)}** ${sentences.map(markdownText).join(' ')}\n\n`;
    }),
    '## Loads\n\n',
    summaryTable(analysis.summaries),
    '\nMedians with their 95 % bootstrap intervals. `load` is what the reader waits for, `preparation` what is done before it; outliers are counted like all others.\n\n',
    '## Trials\n\n',
    markdownTable(
      ['trial', 'mode', 'scheduler', 'preparation', 'load', 'total', 'read by others', 'note'],
      trials.map((trial) => {
        const start = [String(trial.index + 1), trial.condition, trial.scheduler ?? ''];
        if (trial.state === 'void') return [...start, '', '', '', '', `void: ${trial.why}`];
        const { othersBytes } = trial.interference;
        return [
          ...start,
          duration(trial.preparationMs),
          duration(trial.loadMs),
          duration(trial.totalMs),
          othersBytes === null ? 'unknown' : formatBytes(othersBytes),
          notesOf(trial, report).join('; '),
        ];
      }),
    ),
    '\n## Machine\n\n',
    machineTable(header.machine),
  ].join('');
}

export function machineTable(machine: MachineFacts): string {
  const names = Object.keys(FACT_NAMES) as (keyof MachineFacts)[];
  return markdownTable(
    ['fact', 'value'],
    names.map((name) => [FACT_NAMES[name], factText(name, machine)]),
  );
}

/** One fact in words. */
export function factText(name: keyof MachineFacts, machine: MachineFacts): string {
  const fact = machine[name];
  if (name === 'cgroupLimitBytes' && fact === null) return 'none';
  if (fact === null) return 'unknown';
  if (typeof fact === 'number' && name.endsWith('Bytes')) return formatBytes(fact);
  if (typeof fact === 'boolean') return fact ? 'yes' : 'no';
  if (Array.isArray(fact)) return fact.length === 0 ? 'none seen' : fact.join(', ');
  return String(fact);
}

function summaryTable(summaries: readonly ConditionSummary[]): string {
  const anyScheduler = summaries.some(({ scheduler }) => scheduler !== null);
  const columns = [
    'mode',
    ...(anyScheduler ? ['scheduler'] : []),
    'trials',
    'void',
    'preparation',
    'load',
    'total',
  ];
  return markdownTable(
    columns,
    summaries.map(({ condition, scheduler, trials, voids, preparation, load, total }) => [
      condition,
      ...(anyScheduler ? [scheduler ?? ''] : []),
      String(trials.length),
      String(voids),
      figures(preparation),
      figures(load),
      figures(total),
    ]),
  );
}

function figures(found: Figures | null): string {
  if (found === null) return '';
  const { spread, interval } = found;
  const range = interval && ` (${formatDuration(interval.low)} to ${formatDuration(interval.high)})`;
  return `${formatDuration(spread.median)}${range ?? ''}`;
}

function duration(ms: number | null): string {
  return ms === null ? '' : formatDuration(ms);
}
