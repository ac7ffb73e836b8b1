/** Columns for a terminal or a pipe. */
import { bold, dim, plain, type Style } from './style.ts';
import type { Terminal } from './terminal.ts';
import { displayWidth, pad, printable, truncateAll } from './width.ts';

/** Where a column stands and what may happen to it when there isn't room for all of them. */
export interface Column {
  readonly header: string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** Shrinks to make room, and its cells lose their middle; meant for one column of paths. */
  readonly flexible?: boolean;
  /** The width at which other columns are dropped before this one shrinks further. @default 16 */
  readonly minWidth?: number;
  /** Dropped on a narrow terminal, the lowest number first; without a number it is always shown. */
  readonly drop?: number;
}

/**
 * A plain string or `text` is made printable and styled after it has been fitted; `rendered` is taken as it is
 * and must come from this folder (a strip), never from outside.
 */
export type Cell = string | { readonly text: string; readonly style?: Style } | { readonly rendered: string };

/** One line of cells, in the order of the columns. */
export type Row = readonly Cell[];

const GAP = '  ';
const DEFAULT_MIN_WIDTH = 16;

interface Placed {
  readonly column: Column;
  readonly index: number;
  readonly width: number;
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return printable(cell);
  return 'rendered' in cell ? cell.rendered : printable(cell.text);
}

function widthOf(placed: readonly Placed[]): number {
  return placed.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, placed.length - 1));
}

function shrink(placed: readonly Placed[], columns: number, floorOf: (column: Column) => number): Placed[] {
  let excess = widthOf(placed) - columns;
  return placed.map((entry) => {
    if (excess <= 0 || entry.column.flexible !== true) return entry;
    const width = Math.max(Math.min(entry.width, floorOf(entry.column)), entry.width - excess);
    excess -= entry.width - width;
    return { ...entry, width };
  });
}

/** Shrinks what may shrink, then drops what may go, then shrinks on: a number is never cut, a line rather wraps. */
function fitColumns(natural: readonly Placed[], columns: number | null): readonly Placed[] {
  if (columns === null) return natural;
  const droppable = natural
    .filter(({ column }) => column.drop !== undefined)
    .sort((a, b) => (a.column.drop ?? 0) - (b.column.drop ?? 0));
  let kept = natural;
  for (;;) {
    const shrunk = shrink(kept, columns, (column) => column.minWidth ?? DEFAULT_MIN_WIDTH);
    if (widthOf(shrunk) <= columns) return shrunk;
    const next = droppable.shift();
    if (next === undefined) return shrink(kept, columns, (column) => displayWidth(column.header));
    kept = kept.filter((entry) => entry !== next);
  }
}

function fittedTexts(terminal: Terminal, { column, index, width }: Placed, rows: readonly Row[]): string[] {
  const texts = rows.map((row) => cellText(row[index]));
  return column.flexible === true ? truncateAll(terminal, texts, width) : texts;
}

function renderCell(terminal: Terminal, cell: Cell | undefined, text: string, { column, width }: Placed) {
  const style = typeof cell === 'object' && 'style' in cell ? (cell.style ?? plain) : plain;
  // Padded by the bare text, so that trailing space is never coloured and can be trimmed.
  const space = pad('', width - displayWidth(text));
  const styled = style(terminal, text);
  return column.align === 'right' ? space + styled : styled + space;
}

/**
 * The table's lines, without line ends. On a terminal it fits the width; in a pipe nothing is cut or dropped and
 * columns are at least two spaces apart, so that `awk -F'  +'` can take it apart.
 */
export function renderTable(terminal: Terminal, columns: readonly Column[], rows: readonly Row[]): string[] {
  const natural = columns.map((column, index) => ({
    column,
    index,
    width: rows.reduce(
      (widest, row) => Math.max(widest, displayWidth(cellText(row[index]))),
      displayWidth(column.header),
    ),
  }));
  const placed = fitColumns(natural, terminal.columns);
  const lines = [columns.map(({ header: text }) => ({ text, style: dim })), ...rows];
  const texts = placed.map((entry) => fittedTexts(terminal, entry, lines));
  return lines.map((row, line) =>
    placed
      .map((entry, at) => renderCell(terminal, row[entry.index], texts[at]?.[line] ?? '', entry))
      .join(GAP)
      .trimEnd(),
  );
}

/** A row of totals: every plain cell in bold. */
export function totalRow(cells: Row): Row {
  return cells.map((cell) => (typeof cell === 'string' ? { text: cell, style: bold } : cell));
}
