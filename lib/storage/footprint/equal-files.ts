import type { Evidence, InventoryFile } from './types.ts';

/**
 * What a file's content is known by: files with the same key are taken for equal. A hash where there is one; else size,
 * head and tail, which count as the hash of the one file that has both. Where files of different hashes have the same
 * head and tail, one without a hash could be either, and stays alone. Pure.
 */
export function contentKeys(files: readonly InventoryFile[]): readonly string[] {
  const hashes = new Map<string, Set<string>>();
  for (const { size, sample, hash } of files) {
    if (sample === null || hash === null) continue;
    const key = `${size} ${sample}`;
    hashes.set(key, (hashes.get(key) ?? new Set()).add(hash.hex));
  }
  return files.map(({ size, sample, hash, storage, ino }) => {
    if (hash !== null) return `${size} sha256 ${hash.hex}`;
    if (sample === null) return `alone ${storage} ${ino}`;
    const known = [...(hashes.get(`${size} ${sample}`) ?? [])];
    if (known.length > 1) return `alone ${storage} ${ino}`;
    return known.length === 1 ? `${size} sha256 ${known[0]}` : `${size} sample ${sample}`;
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
  for (const same of groupBy(files, ({ size }) => String(size)).values()) {
    if (same.length < 2 || same.every(({ hash }) => hash !== null)) continue;
    for (const file of same) if (file.sample === null) needed.add(file);
  }
  return needed;
}

/** Which files must be read as a whole to be sure: those without a hash that look like another. Pure. */
export function needHash(files: readonly InventoryFile[]): ReadonlySet<InventoryFile> {
  const needed = new Set<InventoryFile>();
  for (const same of groupBy(files, ({ size, sample }) => `${size} ${sample}`).values()) {
    if (same.length < 2) continue;
    for (const file of same) if (file.hash === null && file.sample !== null) needed.add(file);
  }
  return needed;
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
