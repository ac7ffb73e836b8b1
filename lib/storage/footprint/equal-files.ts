import type { Evidence, InventoryFile } from './types.ts';

/**
 * What a file's content is known by: files with the same key are taken for equal. A hash where there is one; else size,
 * head and tail, which count as the hash of the one file that has both. Where files of different hashes have the same
 * head and tail, one without a hash could be either. `null` for a file that nothing is known to equal. Pure.
 */
export function contentKeys(files: readonly InventoryFile[]): readonly (string | null)[] {
  const hashes = new Map<string, Set<string>>();
  for (const { size, sample, hash } of files) {
    if (sample === null || hash === null) continue;
    const key = `${size} ${sample}`;
    hashes.set(key, (hashes.get(key) ?? new Set()).add(hash.hex));
  }
  const keyOf = ({ size, sample, hash }: InventoryFile): string | null => {
    if (hash !== null) return `${size} sha256 ${hash.hex}`;
    if (sample === null) return null;
    const [known, another] = hashes.get(`${size} ${sample}`) ?? [];
    if (another !== undefined) return null;
    return known === undefined ? `${size} sample ${sample}` : `${size} sha256 ${known}`;
  };
  // Most files of a large tree equal no other: what is kept of them later is kept of a million.
  const counts = new Map<string, number>();
  for (const file of files) {
    const key = keyOf(file);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return files.map((file) => {
    const key = keyOf(file);
    return key !== null && (counts.get(key) ?? 0) > 1 ? key : null;
  });
}

/** The weakest evidence among files that are taken for equal. Pure. */
export function evidenceOf(files: readonly InventoryFile[]): Evidence {
  if (files.some(({ hash }) => hash === null)) return 'sample';
  return files.some(({ hash }) => hash?.from === 'name') ? 'name' : 'read';
}

/** Which files' heads and tails must be read to compare those of equal size: those with hashes are compared by them. Pure. */
export function needSample(files: readonly InventoryFile[]): ReadonlySet<InventoryFile> {
  const needed = new Set<InventoryFile>();
  for (const same of repeated(files, ({ size }) => size)) {
    if (same.every(({ hash }) => hash !== null)) continue;
    for (const file of same) if (file.sample === null) needed.add(file);
  }
  return needed;
}

/** Which files must be read as a whole to be sure: those without a hash that look like another. Pure. */
export function needHash(files: readonly InventoryFile[]): ReadonlySet<InventoryFile> {
  const needed = new Set<InventoryFile>();
  const sampled = files.filter(({ sample }) => sample !== null);
  for (const same of repeated(sampled, ({ size, sample }) => `${size} ${sample}`)) {
    for (const file of same) if (file.hash === null) needed.add(file);
  }
  return needed;
}

/** Groups of two and more; of items that are alone nothing is kept. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string | number): Iterable<readonly T[]> {
  const once = new Set<string | number>();
  const groups = new Map<string | number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (once.has(key)) groups.set(key, []);
    else once.add(key);
  }
  for (const item of items) groups.get(keyOf(item))?.push(item);
  return groups.values();
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T, at: number) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  items.forEach((item, at) => {
    const key = keyOf(item, at);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  });
  return groups;
}
