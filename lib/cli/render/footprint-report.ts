import type {
  DuplicateGroup,
  FootprintReport,
  FootprintRow,
  ReadingSummary,
} from '../../storage/footprint/index.ts';
import { formatBytes, formatCount, formatShare } from '../../units.ts';
import { bold, dim, warn } from './style.ts';
import { type Column, type Row, renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable, wrap } from './width.ts';

// As many as anybody would look at; --all and a pipe get the rest.
const MOST_ROWS = 12;
const MOST_DUPLICATES = 8;

const EVIDENCE = {
  read: 'read as a whole',
  name: 'named by its hash',
  sample: 'by size, head and tail',
} as const;

/** The report for people: what it comes to, then by backend, model and node, then the largest duplicates. */
export function renderFootprint(
  terminal: Terminal,
  report: FootprintReport,
  reading: ReadingSummary,
  all: boolean,
): string[] {
  const cut = terminal.isTTY && !all;
  return [
    ...summary(terminal, report, reading),
    ...table(terminal, 'BACKEND', report.backends, cut),
    ...table(terminal, 'MODEL', report.models, cut),
    ...(report.nodes.length > 1 ? table(terminal, 'NODE', report.nodes, cut) : []),
    ...duplicates(terminal, report, cut),
    ...report.failures.flatMap(({ node, path, code, message }) =>
      wrap(printable(`not counted: ${node}:${path}: ${code}: ${message}`), terminal.columns),
    ),
  ];
}

function summary(terminal: Terminal, report: FootprintReport, reading: ReadingSummary): string[] {
  const { total, savable } = report;
  const share = total.onDiskBytes === 0 ? 0 : savable.bytes / total.onDiskBytes;
  const likely = savable.bytes - savable.certainBytes;
  const lines = [
    `${formatCount(total.files)} files take ${formatBytes(total.onDiskBytes)} (${formatBytes(total.apparentBytes)} by their names).`,
    `A shared base would save ${formatBytes(savable.bytes)}, ${formatShare(share)}: ${formatBytes(savable.withinNodesBytes)} within nodes, ${formatBytes(savable.acrossNodesBytes)} across them.`,
    ...(likely > 0
      ? [`${formatBytes(likely)} of that is likely, by size, head and tail; --verify makes it certain.`]
      : []),
    ...(report.uncomparedBytes > 0
      ? [
          `${formatBytes(report.uncomparedBytes)} has the size of something else and wasn't compared: save its inventory anew.`,
        ]
      : []),
    ...(report.sharingUnknownFiles > 0
      ? [
          `${formatCount(report.sharingUnknownFiles)} files lie where nothing tells what they share: counted in full.`,
        ]
      : []),
    ...(reading.readBytes > 0 ? [readingLine(reading)] : []),
  ];
  const [first = '', second = '', ...rest] = lines;
  const stopped = reading.stopped === null ? [] : [`Stopped by the guard: ${reading.stopped}`];
  return [
    ...wrap(first, terminal.columns),
    ...wrap(second, terminal.columns).map((line) => bold(terminal, line)),
    ...rest.flatMap((line) => wrap(line, terminal.columns).map((part) => dim(terminal, part))),
    ...stopped.flatMap((line) => wrap(line, terminal.columns).map((part) => warn(terminal, part))),
  ];
}

function readingLine({ readBytes, leftPages }: ReadingSummary): string {
  const left =
    leftPages === null
      ? 'what it left in memory is unknown'
      : `${formatCount(leftPages)} pages left in memory`;
  return `${formatBytes(readBytes)} read to compare, ${left}.`;
}

const NUMBERS: readonly Column[] = [
  { header: 'FILES', align: 'right', drop: 1 },
  { header: 'APPARENT', align: 'right', drop: 2 },
  { header: 'ON DISK', align: 'right' },
  { header: 'UNIQUE', align: 'right' },
  { header: 'ELSEWHERE', align: 'right', drop: 3 },
];

function table(terminal: Terminal, header: string, rows: readonly FootprintRow[], cut: boolean): string[] {
  const shown = cut ? rows.slice(0, MOST_ROWS) : rows;
  const rest = rows.length - shown.length;
  return [
    '',
    ...renderTable(
      terminal,
      [{ header, flexible: true }, ...NUMBERS],
      shown.map(
        (row): Row => [
          row.name,
          formatCount(row.files),
          formatBytes(row.apparentBytes),
          formatBytes(row.onDiskBytes),
          formatBytes(row.uniqueBytes),
          formatBytes(row.elsewhereBytes),
        ],
      ),
    ),
    ...(rest > 0 ? [dim(terminal, `and ${formatCount(rest)} more; --all lists them`)] : []),
  ];
}

function duplicates(terminal: Terminal, report: FootprintReport, cut: boolean): string[] {
  const worth = report.duplicates.filter(({ savableBytes }) => savableBytes > 0);
  const shown = cut ? worth.slice(0, MOST_DUPLICATES) : worth;
  const rest = worth.length - shown.length + report.duplicatesLeftOut;
  return [
    ...shown.flatMap((group) => ['', ...renderGroup(terminal, group)]),
    ...(rest > 0 ? ['', dim(terminal, `and ${formatCount(rest)} more duplicates`)] : []),
  ];
}

function renderGroup(terminal: Terminal, { files, size, evidence, savableBytes }: DuplicateGroup): string[] {
  const title = `${formatBytes(savableBytes)} to save: ${files.length} × ${formatBytes(size)}, ${EVIDENCE[evidence]}`;
  return [
    terminal.unicode ? title : title.replace('×', 'x'),
    ...files.map(({ node, path, backend }) => dim(terminal, printable(`  ${node}:${path} (${backend})`))),
  ];
}
