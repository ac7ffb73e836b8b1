import type { StartupEvent, StartupPhase, StartupReport } from '../../probe/startup/index.ts';
import { formatBytes, formatCount, formatDuration, formatShare } from '../../units.ts';
import { renderBar } from './bar.ts';
import { pairs } from './pairs.ts';
import { bold, dim, good, plain, type Style, warn } from './style.ts';
import { type Column, type Row, renderTable, totalRow } from './table.ts';
import type { Terminal } from './terminal.ts';
import { pad, printable, wrap } from './width.ts';

const COLUMNS: readonly Column[] = [
  { header: 'PHASE' },
  { header: 'SECONDS', align: 'right' },
  { header: 'SHARE', align: 'right' },
  { header: '', drop: 2 },
  { header: 'KNOWN BY', drop: 1 },
];

const BAR_CELLS = 24;
const KEY_WIDTH = 15;
const DIGITS = 2;

/** Where a start went. */
export function renderPhases(terminal: Terminal, report: StartupReport): string[] {
  if (report.server === null) {
    const lines = report.lines === 1 ? '1 line' : `${formatCount(report.lines)} lines`;
    return wrap(`no server recognised in ${lines}`, terminal.columns).map((line) => warn(terminal, line));
  }
  const table = report.phases.length > 0 || report.totalSeconds !== null;
  return [
    ...headline(terminal, report),
    ...(table ? ['', ...renderTable(terminal, COLUMNS, rowsOf(terminal, report))] : []),
    ...notes(report).flatMap((note) => wrap(note, terminal.columns).map((line) => dim(terminal, line))),
    '',
    ...pairs(terminal, facts(report), KEY_WIDTH),
  ];
}

function headline(
  terminal: Terminal,
  { server, version, ready, starts, totalSeconds }: StartupReport,
): string[] {
  const name = printable(version === null ? `${server}` : `${server} ${version}`);
  const nth = starts > 1 ? `, start ${starts} of ${starts} in this log` : '';
  const after = totalSeconds === null ? '' : ` after ${formatDuration(totalSeconds * 1000)}`;
  const state = ready ? `ready${after}` : 'not ready by the end of the log';
  const style: Style = ready ? good : warn;
  return wrap(`${name}${nth}: ${state}`, terminal.columns).map((line, at) =>
    at === 0 && line.startsWith(name)
      ? bold(terminal, name) + style(terminal, line.slice(name.length))
      : style(terminal, line),
  );
}

function rowsOf(terminal: Terminal, report: StartupReport): Row[] {
  const { phases, totalSeconds, unattributedSeconds } = report;
  const cells = (seconds: number, style: Style): Row => {
    const share = totalSeconds === null || totalSeconds === 0 ? null : seconds / totalSeconds;
    return [
      { text: seconds.toFixed(DIGITS), style },
      { text: share === null ? '' : formatShare(share), style },
      { rendered: share === null ? '' : renderBar(terminal, share, BAR_CELLS, style) },
    ];
  };
  const rows = phases.map((phase): Row => {
    const depth = depthOf(phase, phases);
    const style = depth === 0 ? plain : dim;
    const name = { text: `${'  '.repeat(depth)}${phase.name}`, style };
    return [name, ...cells(phase.seconds, style), { text: knownBy(phase), style: dim }];
  });
  if (totalSeconds === null || unattributedSeconds === null) return rows;
  return [
    ...rows,
    [{ text: 'unattributed', style: warn }, ...cells(unattributedSeconds, warn), ''],
    totalRow([
      'total',
      totalSeconds.toFixed(DIGITS),
      totalSeconds > 0 ? '100 %' : '',
      '',
      report.totalSource ?? '',
    ]),
  ];
}

function depthOf({ within }: StartupPhase, phases: readonly StartupPhase[]): number {
  const outer = phases.find(({ name }) => name === within);
  return outer === undefined ? 0 : 1 + depthOf(outer, phases);
}

function knownBy({ source, reports }: StartupPhase): string {
  return reports > 1 ? `${source}, longest of ${formatCount(reports)}` : source;
}

function notes({ ready, totalSeconds, overlapSeconds }: StartupReport): string[] {
  return [
    ...(ready && totalSeconds === null
      ? ['The total is unknown: the log has no time stamps that reach from its first line to ready.']
      : []),
    ...(overlapSeconds !== null && overlapSeconds > 0
      ? [
          `Together they are ${formatDuration(overlapSeconds * 1000)} longer than the total: they were rounded, or ran beside each other.`,
        ]
      : []),
  ];
}

function facts({ modelBytes, kvCacheBytes, compileCache }: StartupReport): [string, string][] {
  return [
    ['model', modelBytes === null ? 'unknown' : formatBytes(modelBytes)],
    ['KV cache', kvCacheBytes === null ? 'unknown' : formatBytes(kvCacheBytes)],
    ['compile cache', compileCache],
  ];
}

/** A line for each phase as it becomes known. */
export interface PhaseLines {
  take(event: StartupEvent): string[];
  /** The phase that was still growing. */
  rest(): string[];
}

/** A phase is said once, when something else is told of: several ranks and parts speak of it until then. */
export function createPhaseLines(terminal: Terminal): PhaseLines {
  let growing: StartupPhase | null = null;
  const said = new Set<string>();
  const flush = (): string[] => {
    const phase = growing;
    growing = null;
    if (phase === null || said.has(phase.name)) return [];
    said.add(phase.name);
    return [`${pad(phase.name, KEY_WIDTH - 1)} ${dim(terminal, `${phase.seconds.toFixed(DIGITS)} s`)}`];
  };
  return {
    rest: () => [...flush(), ''],
    take: (event) => {
      if (event.type === 'phase') {
        const lines = growing !== null && growing.name !== event.phase.name ? flush() : [];
        growing = event.phase;
        return lines;
      }
      const lines = flush();
      if (event.type === 'ready') return [...lines, good(terminal, 'ready')];
      said.clear();
      return [...lines, bold(terminal, printable([event.server, event.version].filter(Boolean).join(' ')))];
    },
  };
}
