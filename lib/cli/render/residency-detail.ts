import type { FileResidency, FolioLayout } from '../../residency/index.ts';
import { formatCount } from '../../units.ts';
import { describeFolioSource, describeFolios } from './folio-text.ts';
import { dim } from './style.ts';
import type { Column } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './width.ts';

/** What `--detail` adds to a line in a pipe. */
export const DETAIL_COLUMNS: readonly Column[] = [
  { header: 'FOLIOS' },
  { header: 'TOLD BY' },
  { header: 'DIRTY', align: 'right' },
  { header: 'EVICTED LATELY', align: 'right' },
];

export function detailCells(file: FileResidency, layout: FolioLayout): readonly string[] {
  const pages = (count: number | null): string => (count === null ? 'unknown' : formatCount(count));
  const { dirtyPages, recentlyEvictedPages } =
    file.state === 'known' ? file : { dirtyPages: null, recentlyEvictedPages: null };
  return [
    describeFolios(layout),
    describeFolioSource(layout),
    pages(dirtyPages),
    pages(recentlyEvictedPages),
  ];
}

const INDENT = 2;

/** The same for a terminal, where a second line has room that columns don't: nothing is said twice or for nothing. */
export function detailLines(terminal: Terminal, file: FileResidency, layout: FolioLayout): readonly string[] {
  const [folios = '', source = '', dirty = '', evicted = ''] = detailCells(file, layout);
  // Where nothing is cached the line above says so: 0 %.
  const nothing = layout.state === 'counted' && layout.folios.length === 0 && layout.sampledShare === 1;
  const parts = [
    ...(nothing ? [] : [`folios ${folios}${source === 'unknown' ? '' : ` (${source})`}`]),
    ...told('dirty', dirty),
    ...told('evicted lately', evicted),
  ];
  if (parts.length === 0) return [];
  const width = terminal.columns === null ? null : terminal.columns - INDENT;
  return wrap(parts.join('; '), width).map((line) => ' '.repeat(INDENT) + dim(terminal, line));
}

function told(what: string, pages: string): readonly string[] {
  if (pages === 'unknown' || pages === '0') return [];
  return [`${what} ${pages} ${pages === '1' ? 'page' : 'pages'}`];
}
