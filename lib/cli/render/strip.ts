/** A file's pages as a strip of cells, each as full as its part of the file. */
import { dim, good, type Style, warn } from './style.ts';
import type { Terminal } from './terminal.ts';

/** A run of pages and how many of them are resident; `null` where that isn't known. */
export interface PageWindow {
  readonly pages: number;
  readonly resident: number | null;
}

/** A cell's share between 0 and 1, or `null` where any of its pages is unknown. */
export type Share = number | null;

/** Windows of equal size from resident counts; the last window holds what is left of `totalPages`. */
export function windowsFromCounts(
  counts: ArrayLike<number>,
  pagesPerWindow: number,
  totalPages: number,
): PageWindow[] {
  return Array.from(counts, (resident, index) => ({
    pages: Math.min(pagesPerWindow, totalPages - index * pagesPerWindow),
    resident,
  }));
}

/**
 * Spreads the windows' pages evenly over `cells`. A share is exactly 1 only if every page under the cell is
 * resident and exactly 0 only if none is: a partly resident window makes each cell that it touches partial.
 * Nothing comes of no pages.
 */
export function resampleShares(windows: readonly PageWindow[], cells: number): Share[] {
  const total = windows.reduce((sum, window) => sum + window.pages, 0);
  if (total <= 0) return [];
  const shares: Share[] = [];
  let index = 0;
  let windowStart = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    // Positions count in pages × cells, so that both kinds of border are integers and comparing them is exact.
    const start = cell * total;
    const end = start + total;
    let unknown = false;
    let full = true;
    let empty = true;
    let resident = 0;
    for (let window = windows[index]; window !== undefined && windowStart < end; window = windows[index]) {
      const windowEnd = windowStart + window.pages * cells;
      const overlap = Math.min(end, windowEnd) - Math.max(start, windowStart);
      if (overlap > 0) {
        if (window.resident === null) unknown = true;
        else {
          full &&= window.resident >= window.pages;
          empty &&= window.resident <= 0;
          resident += (overlap * window.resident) / window.pages;
        }
      }
      if (windowEnd > end) break;
      windowStart = windowEnd;
      index += 1;
    }
    shares.push(unknown ? null : full ? 1 : empty ? 0 : partial(resident / total));
  }
  return shares;
}

function partial(share: number): number {
  return Math.min(Math.max(share, Number.MIN_VALUE), 1 - Number.EPSILON);
}

interface Level {
  readonly unicode: string;
  readonly ascii: string;
  readonly style: Style;
  readonly meaning: string;
}

const UNKNOWN: Level = { unicode: '?', ascii: '?', style: dim, meaning: 'unknown' };
const NOTHING: Level = { unicode: '·', ascii: '.', style: dim, meaning: 'nothing' };
const LITTLE: Level = { unicode: '░', ascii: '-', style: warn, meaning: 'a little' };
const MOST: Level = { unicode: '▓', ascii: '+', style: warn, meaning: 'most' };
const ALL: Level = { unicode: '█', ascii: '#', style: good, meaning: 'all' };

function levelOf(share: Share): Level {
  if (share === null) return UNKNOWN;
  if (share >= 1) return ALL;
  if (share <= 0) return NOTHING;
  return share < 0.5 ? LITTLE : MOST;
}

/** One character a cell, coloured by share: nothing, a little, most, all or unknown. */
export function renderStrip(terminal: Terminal, shares: readonly Share[]): string {
  let text = '';
  for (let from = 0; from < shares.length; ) {
    const level = levelOf(shares[from] ?? null);
    let to = from + 1;
    while (to < shares.length && levelOf(shares[to] ?? null) === level) to += 1;
    text += level.style(terminal, (terminal.unicode ? level.unicode : level.ascii).repeat(to - from));
    from = to;
  }
  return text;
}

/** What the characters of these strips mean, on one line; nothing without strips. */
export function stripLegend(terminal: Terminal, strips: readonly (readonly Share[])[]): string {
  const used = new Set(strips.flat().map(levelOf));
  return [NOTHING, LITTLE, MOST, ALL, UNKNOWN]
    .filter((level) => used.has(level))
    .map((level) => {
      const mark = level.style(terminal, terminal.unicode ? level.unicode : level.ascii);
      return `${mark} ${dim(terminal, level.meaning)}`;
    })
    .join('  ');
}
