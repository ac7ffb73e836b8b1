/** A legend's `{{label}}`s replaced by what a series has; absent labels leave nothing behind. */
export function legendText(template: string, labels: Readonly<Record<string, string>>): string {
  return template
    .replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** At most so many characters: paths lose their beginning, anything else its middle. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const path = text.split(' ').find((word) => word.startsWith('/'));
  if (path !== undefined) {
    const rest = most - (text.length - path.length);
    const end = shortPath(path, rest);
    if (end !== null) return text.replace(path, () => end);
  }
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** The last of a path's names that fit; `null` where not even one does. */
function shortPath(path: string, most: number): string | null {
  const names = path.split('/').slice(1);
  for (let first = 1; first < names.length; first += 1) {
    const short = `…/${names.slice(first).join('/')}`;
    if (short.length <= most) return short;
  }
  return null;
}

export interface LegendEntry {
  readonly text: string;
  /** Which series it is of. */
  readonly index: number;
  readonly x: number;
  readonly row: number;
}

export interface Legend {
  readonly entries: readonly LegendEntry[];
  readonly rows: number;
  /** Series for which there was no room. */
  readonly left: number;
  /** Where and in which row that can be said. */
  readonly leftAt: { readonly x: number; readonly row: number };
}

const MARK = 16;
const GAP = 14;
/** Of a line of text in this size, rather too much: fonts differ. */
export const CHARACTER = 6.4;

/** Entries one after the other in lines of this width, as many as the rows hold. */
export function layLegend(names: readonly string[], width: number, mostRows: number): Legend {
  const most = Math.floor(Math.min(width - MARK, 330) / CHARACTER);
  const entries: LegendEntry[] = [];
  // What says how many are missing needs room as well.
  const reserved = 80;
  let [x, row] = [0, 0];
  for (const [index, name] of names.entries()) {
    const text = shortened(name, most);
    const wide = MARK + text.length * CHARACTER;
    const [nextX, nextRow] = x > 0 && x + wide > width ? [0, row + 1] : [x, row];
    const isLast = index === names.length - 1;
    const limit = nextRow === mostRows - 1 && !isLast ? width - reserved : width;
    if (nextRow >= mostRows || (nextRow === mostRows - 1 && nextX > 0 && nextX + wide > limit)) {
      return { entries, rows: row + 1, left: names.length - index, leftAt: { x, row } };
    }
    [x, row] = [nextX, nextRow];
    entries.push({ text, index, x, row });
    x += wide + GAP;
  }
  return { entries, rows: entries.length === 0 ? 0 : row + 1, left: 0, leftAt: { x, row } };
}
