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
  /** Which series it is of; `null` for what says how many there was no room for. */
  readonly index: number | null;
  readonly x: number;
  readonly row: number;
}

export interface Legend {
  readonly entries: readonly LegendEntry[];
  readonly rows: number;
}

/** Of a line of text in a legend's size, rather too much: fonts differ. */
export const CHARACTER = 6.6;
/** What stands before a name in the colour of its line. */
export const MARK = 16;
const GAP = 12;
// Room for how many are missing.
const NARROWEST = 90;
const WIDEST = 400;

/** Names in columns, as many as these rows hold. */
export function layLegend(names: readonly string[], width: number, mostRows: number): Legend {
  const most = Math.floor((Math.min(width, WIDEST) - MARK) / CHARACTER);
  const texts = names.map((name) => shortened(name, most));
  const wide = MARK + Math.max(0, ...texts.map(({ length }) => length)) * CHARACTER;
  const column = Math.max(names.length > mostRows ? NARROWEST : 0, wide) + GAP;
  const columns = Math.max(1, Math.floor((width + GAP) / column));
  const cells = columns * mostRows;
  // The last of them says how many are missing.
  const shown = names.length > cells ? cells - 1 : names.length;
  const at = (cell: number) => ({ x: (cell % columns) * column, row: Math.floor(cell / columns) });
  const entries = texts.slice(0, shown).map((text, index) => ({ text, index, ...at(index) }));
  const left = names.length - shown;
  const all = left === 0 ? entries : [...entries, { text: `and ${left} more`, index: null, ...at(shown) }];
  return { entries: all, rows: Math.ceil(all.length / columns) };
}
