import type { FolioLayout } from '../../residency/index.ts';
import { formatShare } from '../../units.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];
// More sizes than this are noise: a file's first windows grow through all of them.
const MOST_SIZES = 3;

/** `2 MiB 98.0 %, 4 KiB 2.0 %`, the most bytes first; an estimate and what isn't known say so. Pure. */
export function describeFolios(layout: FolioLayout): string {
  if (layout.state === 'unknown') return 'unknown';
  if (layout.state === 'estimated') return `${layout.verdict} (estimate)`;
  const all = layout.folios.reduce((sum, { bytes }) => sum + bytes, 0);
  if (all === 0) return 'none cached';
  const ranked = layout.folios.toSorted((a, b) => b.bytes - a.bytes);
  // One that is left over is as short as saying so.
  const shown = ranked.length > MOST_SIZES + 1 ? ranked.slice(0, MOST_SIZES) : ranked;
  const rest = all - shown.reduce((sum, { bytes }) => sum + bytes, 0);
  const texts = shown.map(({ folioBytes, bytes }) => `${folioSize(folioBytes)} ${formatShare(bytes / all)}`);
  return [...texts, ...(rest > 0 ? [`others ${formatShare(rest / all)}`] : [])].join(', ');
}

/** Who told, and of how much of the file where it wasn't all. */
export function describeFolioSource(layout: FolioLayout): string {
  if (layout.state === 'unknown') return 'unknown';
  const { source, sampledShare } = layout;
  return sampledShare < 1 ? `${source}, ${formatShare(sampledShare)} looked at` : source;
}

/** A power of two, without digits that say nothing. */
function folioSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${bytes / 1024 ** power} ${UNITS[power]}`;
}
