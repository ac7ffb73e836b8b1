import type { FileResidency, ResidencyReport } from '../../residency/index.ts';
import { formatBytes, formatCount, formatShare } from '../../units.ts';
import { renderStrip, resampleShares, stripLegend, windowsFromCounts } from './strip.ts';
import { dim, good, type Style, warn } from './style.ts';
import { type Column, type Row, renderTable, totalRow } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

const COLUMNS: readonly Column[] = [
  { header: 'FILE', flexible: true },
  { header: 'SIZE', align: 'right', drop: 2 },
  { header: 'RESIDENT', align: 'right', drop: 3 },
  { header: 'SHARE', align: 'right' },
  { header: 'PAGES', drop: 1 },
];

/** Cells of a page-map strip; also how many windows a report's map needs at most. */
export const STRIP_CELLS = 32;

/** A line a file and the totals. */
export function renderResidency(terminal: Terminal, report: ResidencyReport): string[] {
  const { total, files } = report;
  // A pipe gets whole paths, for whoever takes the lines apart; a person gets the part that differs.
  const prefix = terminal.isTTY ? commonDirectory(files.map(({ file }) => file.path)) : '';
  const rows = files.map((file) => fileRow(terminal, file, file.file.path.slice(prefix.length)));
  const share = total.cacheHitRatio === null ? 'unknown' : formatShare(total.cacheHitRatio);
  const names = `${formatCount(total.files)} ${total.files === 1 ? 'file' : 'files'}`;
  const sum = totalRow([names, formatBytes(total.size), formatBytes(total.residentBytes), share, '']);
  const heading = prefix === '' ? [] : [dim(terminal, printable(prefix))];
  return [...heading, ...renderTable(terminal, COLUMNS, [...rows, sum]), ...notes(terminal, report)];
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
export function renderTotal({ total }: ResidencyReport): string {
  const share = total.cacheHitRatio === null ? 'unknown' : formatShare(total.cacheHitRatio);
  return `${formatCount(total.files)} files, ${formatBytes(total.size)}, ${formatBytes(total.residentBytes)} resident, ${share}`;
}

function fileRow(terminal: Terminal, file: FileResidency, name: string): Row {
  if (file.state === 'unknown') {
    const strip = { rendered: renderStrip(terminal, [null]) };
    return [name, formatBytes(file.size), dimmed('unknown'), dimmed('unknown'), strip];
  }
  if (file.pages === 0) return [name, formatBytes(0), dimmed('empty'), dimmed('empty'), ''];
  const share = file.residentPages / file.pages;
  const style: Style = share === 1 ? good : share > 0 ? warn : dim;
  return [
    name,
    formatBytes(file.size),
    formatBytes(file.residentBytes),
    { text: formatShare(share), style },
    { rendered: strip(terminal, file) },
  ];
}

function strip(terminal: Terminal, file: FileResidency & { state: 'known' }): string {
  if (!file.pageMap) return '';
  const { residentPages, windowBytes } = file.pageMap;
  const pageBytes = Math.ceil(file.size / file.pages / 512) * 512;
  const windows = windowsFromCounts(
    residentPages,
    Math.max(1, Math.round(windowBytes / pageBytes)),
    file.pages,
  );
  return renderStrip(terminal, resampleShares(windows, Math.min(STRIP_CELLS, file.pages)));
}

function notes(terminal: Terminal, { files }: ResidencyReport): string[] {
  const lines = files.some((file) => file.state === 'known' && file.pageMap) ? [stripLegend(terminal)] : [];
  const reasons = new Map<string, { remedy: string; files: number }>();
  for (const file of files) {
    if (file.state !== 'unknown') continue;
    const { message, remedy } = file.reason;
    reasons.set(message, { remedy, files: (reasons.get(message)?.files ?? 0) + 1 });
  }
  for (const [message, { remedy, files: number }] of reasons) {
    lines.push(
      `unknown for ${formatCount(number)} ${number === 1 ? 'file' : 'files'}: ${message}`,
      `  do: ${remedy}`,
    );
  }
  return lines;
}

function dimmed(text: string): { text: string; style: Style } {
  return { text, style: dim };
}
