import type { RestoredFile, RestorePlan, RestoreResult, RestoreState } from '../../snapshot/index.ts';
import { formatBytes } from '../../units.ts';
import { countFiles, type FileRow, renderFileTable } from './file-table.ts';
import { renderPlan, renderWarmResult, rows } from './fill-report.ts';
import { bad, dim, good, type Style, warn } from './style.ts';
import type { Cell, Column } from './table.ts';
import type { Terminal } from './terminal.ts';

const STYLES: Readonly<Record<RestoreState, Style>> = {
  restored: good,
  'already-resident': good,
  'to-restore': good,
  'out-of-budget': warn,
  changed: warn,
  missing: warn,
  'not-recorded': warn,
  incomplete: bad,
  unreadable: bad,
};

const QUIET: ReadonlySet<RestoreState> = new Set(['restored', 'already-resident', 'to-restore']);

const COLUMNS: readonly Column[] = [
  { header: 'RECORDED', align: 'right', drop: 2 },
  { header: 'READ', align: 'right', drop: 1 },
  { header: 'STATE' },
  { header: 'WHY', drop: 3 },
];

/** What became of each recorded file, and of all of them together. */
export function renderRestored(terminal: Terminal, result: RestoreResult, all: boolean): string[] {
  const { files, recorded, beside, fill } = result;
  return [
    ...tableOf(terminal, files, recorded, fill.read, all),
    // The table has the files' own failures.
    ...renderWarmResult(terminal, { ...fill, files: [] }),
    ...(beside > 0
      ? rows(terminal, [['beside', `${formatBytes(beside)} came in with it, by read-ahead or other readers`]])
      : []),
  ];
}

/** What would be done with each. */
export function renderRestorePlan(
  terminal: Terminal,
  { files, recorded, plan }: RestorePlan,
  all: boolean,
): string[] {
  return [
    ...tableOf(terminal, files, recorded, plan.toRead, all),
    ...renderPlan(terminal, { ...plan, failed: [] }),
  ];
}

function tableOf(
  terminal: Terminal,
  files: readonly RestoredFile[],
  recorded: number,
  read: number,
  all: boolean,
): string[] {
  const total = [countFiles(files.length), formatBytes(recorded), formatBytes(read), '', ''];
  return renderFileTable(terminal, COLUMNS, files.map(toRow), total, all);
}

function toRow({ path, recorded, read, state, detail }: RestoredFile): FileRow {
  const known: Cell = recorded === null ? { text: 'unknown', style: dim } : formatBytes(recorded);
  const cells: Cell[] = [known, formatBytes(read), { text: state, style: STYLES[state] }, detail ?? ''];
  return { path, cells, telling: !QUIET.has(state) };
}
