import type { FootprintInventory, InventoryFile, SmallFiles } from './types.ts';

/**
 * Several inventories as one, whatever their order and however often one is among them. A file that several have seen is
 * there once: as the latest of them saw it. What a server exports counts once, however many nodes mount it. Pure.
 */
export function mergeInventories(inventories: readonly FootprintInventory[]): FootprintInventory {
  const [only, ...others] = inventories;
  if (only && others.length === 0) return only;
  const files = new Map<string, Seen<InventoryFile>>();
  const small = new Map<string, Seen<SmallFiles>>();
  const failures = new Map<string, Seen<FootprintInventory['failures'][number]>>();
  for (const inventory of inventories) {
    const at = inventory.takenAtMs;
    for (const file of inventory.files) keep(files, `${file.storage} ${file.ino}`, file, at);
    for (const sum of inventory.small) {
      keep(small, JSON.stringify([sum.node, sum.root, sum.backend, sum.model]), sum, at);
    }
    for (const failure of inventory.failures) {
      keep(failures, JSON.stringify([failure.node, failure.path]), failure, at);
    }
  }
  return {
    takenAtMs: Math.max(0, ...inventories.map(({ takenAtMs }) => takenAtMs)),
    nodes: unique(inventories.flatMap(({ nodes }) => nodes)),
    leastBytes: Math.max(0, ...inventories.map(({ leastBytes }) => leastBytes)),
    roots: unique(inventories.flatMap(({ roots }) => roots)),
    files: values(files),
    small: values(small),
    failures: values(failures),
  };
}

interface Seen<T> {
  readonly value: T;
  readonly atMs: number;
}

function keep<T>(seen: Map<string, Seen<T>>, key: string, value: T, atMs: number): void {
  const other = seen.get(key);
  // Of two at the same moment any one would do, as long as it is the same one in every order.
  const newer =
    other === undefined ||
    atMs > other.atMs ||
    (atMs === other.atMs && JSON.stringify(value) > JSON.stringify(other.value));
  if (newer) seen.set(key, { value, atMs });
}

function values<T>(seen: ReadonlyMap<string, Seen<T>>): readonly T[] {
  return [...seen.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { value }]) => value);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
