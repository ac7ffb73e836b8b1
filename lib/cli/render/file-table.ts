import { formatCount } from '../../units.ts';
import { MOST_ROWS } from './pick-rows.ts';
import { commonDirectory } from './residency-table.ts';
import { dim } from './style.ts';
import { type Cell, type Column, type Row, renderTable, totalRow } from './table.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './width.ts';

export interface FileRow {
  readonly path: string;
  /** Behind the path. */
  readonly cells: readonly Cell[];
  /** Where there are too many rows, those that have something to tell are shown. */
  readonly telling: boolean;
}

/**
 * A line a file and a line of totals. A pipe gets every file with its whole path; a terminal gets as many as anybody would
 * look at, below the directory that they share.
 *
 * @param columns behind that of the path
 */
export function renderFileTable(
  terminal: Terminal,
  columns: readonly Column[],
  rows: readonly FileRow[],
  total: Row,
  all: boolean,
): string[] {
  const cut = terminal.isTTY && !all && rows.length > MOST_ROWS;
  const first = new Set([...rows].sort((a, b) => Number(b.telling) - Number(a.telling)).slice(0, MOST_ROWS));
  const listed = cut ? rows.filter((row) => first.has(row)) : rows;
  const prefix = terminal.isTTY ? commonDirectory(listed.map(({ path }) => path)) : '';
  const lines = renderTable(
    terminal,
    [{ header: 'FILE', flexible: true, minWidth: 24 }, ...columns],
    [...listed.map(({ path, cells }): Row => [path.slice(prefix.length), ...cells]), totalRow(total)],
  );
  const rest = rows.length - listed.length;
  return [
    ...(prefix === '' ? [] : [dim(terminal, printable(prefix))]),
    ...lines.slice(0, -1),
    ...(rest > 0 ? [dim(terminal, `and ${formatCount(rest)} more; --all lists them`)] : []),
    ...lines.slice(-1),
  ];
}

export function countFiles(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'file' : 'files'}`;
}
