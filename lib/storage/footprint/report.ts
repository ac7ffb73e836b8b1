import { diskBytes } from './disk-bytes.ts';
import { contentKeys, evidenceOf, groupBy, needSample } from './equal-files.ts';
import { addUp, type Counted } from './rows.ts';
import {
  type DuplicateGroup,
  type FootprintInventory,
  type FootprintReport,
  type InventoryFile,
  MOST_GROUPS,
} from './types.ts';

/** What an inventory comes to: by backend, model and node, and what is there twice. Pure. */
export function reportFootprint(inventory: FootprintInventory): FootprintReport {
  const { small, failures } = inventory;
  // One order whatever the inventories came in, because a shared extent counts for the first that has it.
  const files = inventory.files.toSorted((a, b) => compare(a.node, b.node) || compare(a.path, b.path));
  const bytes = diskBytes(files);
  const keys = contentKeys(files);
  const counted = files.map((file, at): Counted => {
    return { file, key: keys[at] ?? null, onDiskBytes: bytes[at] ?? 0 };
  });
  const twice = counted.filter(({ key }) => key !== null);
  const groups = [...groupBy(twice, ({ key }) => key ?? '').values()];
  const duplicates = groups
    .map(toGroup)
    .toSorted((a, b) => b.savableBytes - a.savableBytes || compare(a.files[0]?.path, b.files[0]?.path));
  const sum = (of: (group: DuplicateGroup) => number): number =>
    duplicates.reduce((total, group) => total + of(group), 0);
  const savable = sum(({ savableBytes }) => savableBytes);
  const within = groups.reduce((total, group) => total + withinNodes(group), 0);
  const [total] = addUp(counted, small, () => 'total');
  return {
    total: total ?? {
      name: 'total',
      files: 0,
      apparentBytes: 0,
      onDiskBytes: 0,
      uniqueBytes: 0,
      elsewhereBytes: 0,
    },
    savable: {
      bytes: savable,
      certainBytes: sum(({ evidence, savableBytes }) => (evidence === 'sample' ? 0 : savableBytes)),
      withinNodesBytes: within,
      acrossNodesBytes: savable - within,
    },
    backends: addUp(counted, small, ({ backend }) => backend),
    models: addUp(counted, small, ({ model }) => model ?? '(none)'),
    nodes: addUp(counted, small, ({ node }) => node),
    duplicates: duplicates.slice(0, MOST_GROUPS),
    duplicatesLeftOut: Math.max(0, duplicates.length - MOST_GROUPS),
    uncomparedBytes: [...needSample(files)].reduce((all, { size }) => all + size, 0),
    sharingUnknownFiles: files.filter(({ shared }) => shared === null).length,
    failures,
  };
}

function toGroup(same: readonly Counted[]): DuplicateGroup {
  const files = same.map(({ file }): InventoryFile => file);
  return {
    size: files[0]?.size ?? 0,
    evidence: evidenceOf(files),
    hash: files.find(({ hash }) => hash !== null)?.hash?.hex ?? null,
    savableBytes: allButLargest(same),
    files: same.map(({ file: { node, path, backend, model }, onDiskBytes }) => ({
      ...{ node, path, backend, model, onDiskBytes },
    })),
  };
}

function withinNodes(same: readonly Counted[]): number {
  const byNode = groupBy(same, ({ file }) => file.node).values();
  return [...byNode].reduce((total, own) => total + allButLargest(own), 0);
}

/** The largest stays: of copies that share extents the first takes them all, and the others nothing. */
function allButLargest(same: readonly Counted[]): number {
  const bytes = same.map(({ onDiskBytes }) => onDiskBytes);
  return bytes.reduce((sum, one) => sum + one, 0) - bytes.reduce((most, one) => Math.max(most, one), 0);
}

function compare(a: string | undefined = '', b: string | undefined = ''): number {
  return a < b ? -1 : Number(a > b);
}
