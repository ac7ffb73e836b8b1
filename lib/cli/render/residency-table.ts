import type { FileResidency, FolioLayout, ResidencyReport } from '../../residency/index.ts';
import { formatBytes, formatCount, formatShare } from '../../units.ts';
import { beside } from './pairs.ts';
import { describeRest, pickRows } from './pick-rows.ts';
import { DETAIL_COLUMNS, detailCells, detailLines } from './residency-detail.ts';
import { renderStrip, resampleShares, type Share, stripLegend, windowsFromCounts } from './strip.ts';
import { dim, good, type Style, warn } from './style.ts';
import { type Column, type Row, renderTable, totalRow } from './table.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, printable, wrap } from './width.ts';

const COLUMNS: readonly Column[] = [
  { header: 'FILE', flexible: true, minWidth: 24 },
  { header: 'SIZE', align: 'right', drop: 2 },
  { header: 'RESIDENT', align: 'right', drop: 3 },
  { header: 'SHARE', align: 'right' },
  { header: 'PAGES', drop: 1 },
];

/** Cells of a page-map strip; also how many windows a report's map needs at most. */
export const STRIP_CELLS = 32;

// Still tells the beginning from the middle and the end.
const LEAST_CELLS = 12;

/** How {@link renderResidency} lists the files. */
export interface ResidencyTableOptions {
  /** Every file, on a terminal too. @default false */
  readonly all?: boolean | undefined;
  /** The layouts of all of the report's files, in its order: also says in which folios their pages lie. */
  readonly folios?: readonly FolioLayout[] | undefined;
}

/** A line a file and the totals; on a terminal only as many files as anybody would look at. */
export function renderResidency(
  terminal: Terminal,
  report: ResidencyReport,
  { all = false, folios }: ResidencyTableOptions = {},
): string[] {
  const { total } = report;
  const layouts = new Map(report.files.map((file, at) => [file, folios?.[at]] as const));
  // A pipe gets everything, for whoever takes the lines apart; a person gets what differs.
  const { listed, rest } = pickRows(report.files, !terminal.isTTY || all);
  const prefix = terminal.isTTY ? commonDirectory(listed.map(({ file }) => file.path)) : '';
  const sum = [
    files(total.files),
    formatBytes(total.size),
    formatBytes(total.residentBytes),
    shareOf(report),
  ];
  const texts = listed.map((file) => [file.file.path.slice(prefix.length), ...numbers(file)] as const);
  const cells = stripCells(terminal, [...texts.map((row) => row.map(textOf)), sum]);
  const strips = listed.map((file) => shares(file, cells));
  const details = listed.map((file) => ({ file, layout: layouts.get(file) }));
  const inColumns = folios !== undefined && !terminal.isTTY;
  const rows = texts.map((row, at): Row => {
    const { file, layout } = details[at] ?? {};
    const more = inColumns && file && layout ? detailCells(file, layout) : [];
    return [...row, { rendered: renderStrip(terminal, strips[at] ?? []) }, ...more];
  });
  const columns = inColumns ? [...COLUMNS, ...DETAIL_COLUMNS] : COLUMNS;
  const table = renderTable(terminal, columns, [...rows, totalRow([...sum, ''])]);
  const shown = table[0]?.includes('PAGES') === true;
  const legend = shown ? stripLegend(terminal, strips) : '';
  return [
    ...(prefix === '' ? [] : [dim(terminal, printable(prefix))]),
    ...table.slice(0, 1),
    ...table.slice(1, -1).flatMap((line, at) => {
      const { file, layout } = details[at] ?? {};
      return inColumns || !file || !layout ? [line] : [line, ...detailLines(terminal, file, layout)];
    }),
    ...describeRest(rest)
      .flatMap((line) => wrap(line, terminal.columns))
      .map((line) => dim(terminal, line)),
    ...table.slice(-1),
    ...(legend === '' ? [] : [legend]),
    ...reasons(terminal, 'unknown', report.files),
    ...reasons(terminal, 'folios unknown', folios ?? []),
  ];
}

/** The longest directory that all paths lie in, with its slash; nothing for a single file or where it is the root. */
export function commonDirectory(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  if (others.length === 0) return '';
  let end = first.lastIndexOf('/') + 1;
  for (const path of others) {
    while (end > 0 && !path.startsWith(first.slice(0, end))) end = first.lastIndexOf('/', end - 2) + 1;
  }
  return end > 1 ? first.slice(0, end) : '';
}

/** The totals as one line, for sets too long to list. */
export function renderTotal(report: ResidencyReport): string {
  const { total } = report;
  const resident = `${formatBytes(total.residentBytes)} resident`;
  return `${files(total.files)}, ${formatBytes(total.size)}, ${resident}, ${shareOf(report)}`;
}

function files(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'file' : 'files'}`;
}

function shareOf({ total }: ResidencyReport): string {
  if (total.cacheHitRatio !== null) return formatShare(total.cacheHitRatio);
  return total.unknownFiles > 0 ? 'unknown' : 'empty';
}

type Text = string | { readonly text: string; readonly style: Style };

function textOf(cell: Text): string {
  return typeof cell === 'string' ? printable(cell) : cell.text;
}

/** Size, resident bytes and share. */
function numbers(file: FileResidency): [Text, Text, Text] {
  const size = formatBytes(file.size);
  if (file.state === 'unknown') return [size, dimmed('unknown'), dimmed('unknown')];
  if (file.pages === 0) return [size, dimmed('empty'), dimmed('empty')];
  const share = file.residentPages / file.pages;
  const style: Style = share === 1 ? good : share > 0 ? warn : dim;
  return [size, formatBytes(file.residentBytes), { text: formatShare(share), style }];
}

/** As long as there is room beside whole names, and no shorter than is of use. */
function stripCells(terminal: Terminal, rows: readonly (readonly string[])[]): number {
  if (terminal.columns === null) return STRIP_CELLS;
  const widths = COLUMNS.slice(0, -1).map(({ header }, at) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), displayWidth(header)),
  );
  const taken = widths.reduce((sum, width) => sum + width + 2, 0);
  return Math.min(STRIP_CELLS, Math.max(LEAST_CELLS, terminal.columns - taken));
}

function shares(file: FileResidency, cells: number): readonly Share[] {
  if (file.state === 'unknown') return [null];
  if (!file.pageMap || file.pages === 0) return [];
  const { residentPages, windowBytes } = file.pageMap;
  const pagesAWindow = Math.max(1, Math.round(windowBytes / pageSizeOf(file.size, file.pages)));
  const windows = windowsFromCounts(residentPages, pagesAWindow, file.pages);
  return resampleShares(windows, Math.min(cells, file.pages));
}

/** The page size with which a file of this size has so many pages; of a single page any will do. */
function pageSizeOf(size: number, pages: number): number {
  let pageSize = 4096;
  while (Math.ceil(size / pageSize) > pages) pageSize *= 2;
  return pageSize;
}

function reasons(
  terminal: Terminal,
  what: string,
  answers: readonly (FileResidency | FolioLayout)[],
): string[] {
  const found = new Map<string, { remedy: string; files: number }>();
  for (const answer of answers) {
    if (answer.state !== 'unknown') continue;
    const { message, remedy } = answer.reason;
    found.set(message, { remedy, files: (found.get(message)?.files ?? 0) + 1 });
  }
  return [...found].flatMap(([message, { remedy, files: number }]) => [
    ...beside(terminal, what, `for ${files(number)}: ${printable(message)}`, { keyStyle: warn }),
    ...beside(terminal, '    do:', printable(remedy), { keyStyle: dim }),
  ]);
}

function dimmed(text: string): { text: string; style: Style } {
  return { text, style: dim };
}
