import { groupBy } from './equal-files.ts';
import type { FootprintRow, InventoryFile, SmallFiles } from './types.ts';

export interface Counted {
  readonly file: InventoryFile;
  /** Files with the same are taken for equal; `null` equals none. */
  readonly key: string | null;
  readonly onDiskBytes: number;
}

/** A row for each name that `nameOf` gives, the largest first. Small files count as contents of their own. Pure. */
export function addUp(
  files: readonly Counted[],
  small: readonly SmallFiles[],
  nameOf: (what: Pick<InventoryFile, 'node' | 'backend' | 'model'>) => string,
): readonly FootprintRow[] {
  const byName = groupBy(files, ({ file }) => nameOf(file));
  const sums = groupBy(small, nameOf);
  const rowsOfKey = new Map<string, Set<string>>();
  for (const [name, own] of byName) {
    for (const { key } of own) {
      if (key !== null) rowsOfKey.set(key, (rowsOfKey.get(key) ?? new Set()).add(name));
    }
  }
  const rows = [...new Set([...byName.keys(), ...sums.keys()])].map((name) =>
    toRow(name, byName.get(name) ?? [], sums.get(name) ?? [], (key) => (rowsOfKey.get(key)?.size ?? 0) > 1),
  );
  return rows.toSorted((a, b) => b.onDiskBytes - a.onDiskBytes || (a.name < b.name ? -1 : 1));
}

function toRow(
  name: string,
  files: readonly Counted[],
  small: readonly SmallFiles[],
  isElsewhere: (key: string) => boolean,
): FootprintRow {
  const total = <T>(items: readonly T[], of: (item: T) => number): number =>
    items.reduce((sum, item) => sum + of(item), 0);
  const largest = new Map<string, number>();
  let aloneBytes = 0;
  for (const { key, onDiskBytes } of files) {
    if (key === null) aloneBytes += onDiskBytes;
    else largest.set(key, Math.max(largest.get(key) ?? 0, onDiskBytes));
  }
  const smallBytes = total(small, ({ onDiskBytes }) => onDiskBytes);
  return {
    name,
    files: files.length + total(small, (sum) => sum.files),
    apparentBytes: total(files, ({ file }) => apparentBytes(file)) + total(small, (sum) => sum.apparentBytes),
    onDiskBytes: total(files, ({ onDiskBytes }) => onDiskBytes) + smallBytes,
    uniqueBytes: total([...largest.values()], (bytes) => bytes) + aloneBytes + smallBytes,
    elsewhereBytes: total([...largest], ([key, bytes]) => (isElsewhere(key) ? bytes : 0)),
  };
}

/** Never less than what it takes: a file of one byte has a block, and one may have room for more than it holds. */
export function apparentBytes(file: Pick<InventoryFile, 'size' | 'allocated' | 'names'>): number {
  return file.names * Math.max(file.size, file.allocated);
}
