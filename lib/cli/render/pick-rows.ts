import type { FileResidency } from '../../residency/index.ts';
import { formatCount } from '../../units.ts';

/** More lines than this nobody reads on a terminal. */
export const MOST_ROWS = 40;

export interface PickedRows {
  /** In the order of the set. */
  readonly listed: readonly FileResidency[];
  readonly rest: readonly FileResidency[];
}

/**
 * The files that are worth a line: those of which nothing is known first, then the partly resident ones, then the
 * large ones. All of them where `all` is set or they are few. Pure.
 */
export function pickRows(files: readonly FileResidency[], all: boolean): PickedRows {
  if (all || files.length <= MOST_ROWS) return { listed: files, rest: [] };
  const ranked = files.toSorted((a, b) => interest(b) - interest(a) || b.size - a.size);
  const chosen = new Set(ranked.slice(0, MOST_ROWS));
  return {
    listed: files.filter((file) => chosen.has(file)),
    rest: files.filter((file) => !chosen.has(file)),
  };
}

function interest(file: FileResidency): number {
  if (file.state === 'unknown') return 2;
  return file.residentPages > 0 && file.residentPages < file.pages ? 1 : 0;
}

/** One line about the files that have none; no line where there are no such files. */
export function describeRest(rest: readonly FileResidency[]): string[] {
  if (rest.length === 0) return [];
  const counts = { 'all resident': 0, 'in part': 0, 'not resident': 0, empty: 0, unknown: 0 };
  for (const file of rest) counts[kindOf(file)] += 1;
  const kinds = Object.entries(counts).flatMap(([kind, count]) =>
    count > 0 ? [`${formatCount(count)} ${kind}`] : [],
  );
  return [`and ${formatCount(rest.length)} more: ${kinds.join(', ')}; --all lists them`];
}

function kindOf(file: FileResidency): 'all resident' | 'in part' | 'not resident' | 'empty' | 'unknown' {
  if (file.state === 'unknown') return 'unknown';
  if (file.pages === 0) return 'empty';
  if (file.residentPages === file.pages) return 'all resident';
  return file.residentPages > 0 ? 'in part' : 'not resident';
}
