import type { Design, ExperimentEvent, PlannedTrial, Trial, WrittenReport } from '../../experiment/index.ts';
import { formatBytes, formatDuration } from '../../units.ts';
import { pairs } from './pairs.ts';
import { bold, dim } from './style.ts';
import { type Column, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './width.ts';

/** A line for each thing that happens, for a log as well as for a terminal. */
export function describeEvent(event: ExperimentEvent): readonly string[] {
  switch (event.type) {
    case 'resumed':
      return [
        `continuing: ${event.kept} trials are there already`,
        ...event.differences.map(({ what, was, is }) => `changed since: ${what} was ${was} and is ${is}`),
      ];
    case 'prelude':
      return ['before the first trial: making sure that the files can be made cold, and reading them once'];
    case 'trial':
      return [];
    case 'done':
      return [describeTrial(event.trial, event.of)];
  }
}

function describeTrial(trial: Trial, of: number): string {
  const again = trial.attempt > 1 ? `, attempt ${trial.attempt}` : '';
  const scheduler = trial.scheduler === null ? '' : ` with ${trial.scheduler}`;
  const start = `trial ${trial.index + 1}/${of}  ${trial.condition}${scheduler}${again}`;
  if (trial.state === 'void') return `${start}: void, ${trial.why}`;
  const { preparationMs, loadMs } = trial;
  const before = preparationMs === null ? '' : `${formatDuration(preparationMs)} of preparation, `;
  return `${start}: ${before}${formatDuration(loadMs)}`;
}

const COLUMNS: readonly Column[] = [
  { header: 'condition' },
  { header: 'trials', align: 'right' },
  { header: 'void', align: 'right', drop: 1 },
  { header: 'preparation', align: 'right', drop: 2 },
  { header: 'load', align: 'right' },
  { header: 'total', align: 'right' },
];

/** The verdict, the figures, and where everything is. */
export function renderExperiment(terminal: Terminal, { report, files }: WrittenReport): string[] {
  const { verdicts, analysis, missing } = report;
  const verdict = verdicts.flatMap(({ scheduler, headline, sentences }) => [
    ...(scheduler === null ? [] : [dim(terminal, `with the I/O scheduler ${scheduler}`)]),
    ...wrap(headline, terminal.columns).map((line) => bold(terminal, line)),
    ...sentences.flatMap((sentence) => wrap(sentence, terminal.columns)),
    '',
  ]);
  const rows = analysis.summaries.map(({ condition, scheduler, trials, voids, preparation, load, total }) => [
    scheduler === null ? condition : `${condition}, ${scheduler}`,
    String(trials.length),
    String(voids),
    ...[preparation, load, total].map((figures) =>
      figures === null ? '-' : formatDuration(figures.spread.median, { ascii: !terminal.unicode }),
    ),
  ]);
  return [
    ...verdict,
    ...renderTable(terminal, COLUMNS, rows),
    '',
    ...(missing > 0 ? [`${missing} trials are missing; continue with --resume`, ''] : []),
    ...files,
  ];
}

/** What would be done, without doing it. */
export function renderDesign(
  terminal: Terminal,
  design: Design,
  trials: readonly PlannedTrial[],
  set: { readonly files: number; readonly bytes: number },
): string[] {
  const { rounds, seed, reader } = design;
  const command = 'command' in reader ? reader.command : `the built-in ${reader.kind}`;
  return [
    ...pairs(
      terminal,
      [
        ['files', `${set.files}, ${formatBytes(set.bytes)}`],
        ['reader', command],
        ['rounds', `${rounds}, seed ${seed}`],
        // Each trial begins cold, so each has the set read from the device, once or twice.
        [
          'reads',
          `about ${formatBytes(set.bytes * (trials.length + (design.prelude ? 1 : 0)))} from the device`,
        ],
      ],
      10,
    ),
    '',
    ...renderTable(
      terminal,
      [
        { header: 'trial', align: 'right' },
        { header: 'round', align: 'right' },
        { header: 'condition' },
        { header: 'scheduler' },
      ],
      trials.map(({ index, round, condition, scheduler }) => [
        String(index + 1),
        String(round + 1),
        condition,
        scheduler ?? 'as it is',
      ]),
    ),
  ];
}
