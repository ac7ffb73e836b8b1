import fc from 'fast-check';
import type { FootprintInventory, InventoryFile } from '../../../../lib/storage/footprint/index.ts';

export const HEX = (digit: string): string => digit.repeat(64);

export function made(over: Partial<InventoryFile> = {}): InventoryFile {
  return {
    node: 'a',
    storage: `${over.node ?? 'a'} 1`,
    ino: '1',
    path: `/m/${over.ino ?? '1'}`,
    names: 1,
    size: 1000,
    allocated: 1000,
    modifiedNs: '1',
    backend: 'weights',
    model: null,
    hash: null,
    sample: null,
    shared: [],
    ...over,
  };
}

export function inventoryOf(
  files: readonly InventoryFile[],
  over: Partial<FootprintInventory> = {},
): FootprintInventory {
  const nodes = [...new Set(files.map(({ node }) => node))];
  return { takenAtMs: 1, nodes, leastBytes: 1, roots: [], files, small: [], failures: [], ...over };
}

// Few values of each, so that they meet.
const few = (...words: string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
const maybeHex = fc.option(few(HEX('a'), HEX('b')));

const anyFile: fc.Arbitrary<InventoryFile> = fc
  .record({
    node: few('a', 'b', 'c'),
    ino: fc.nat(20).map(String),
    names: fc.integer({ min: 1, max: 3 }),
    size: fc.constantFrom(1, 4096, 10_000),
    blocks: fc.nat(4),
    hash: maybeHex,
    sample: fc.option(few(HEX('1'), HEX('2'))),
    shared: fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 8 })), { maxLength: 3 }),
    model: fc.option(few('llama', 'qwen')),
  })
  .map(({ blocks, hash, shared, ...rest }) =>
    made({
      ...rest,
      storage: `${rest.node} 1`,
      path: `/m/${rest.ino}`,
      allocated: blocks * 4096,
      hash: hash === null ? null : { hex: hash, from: 'name' },
      // Of what a file has, no more can be shared than it takes.
      shared: within(blocks, shared),
    }),
  );

function within(
  blocks: number,
  ranges: readonly (readonly [number, number])[],
): [offset: number, length: number][] {
  let left = blocks;
  return ranges.flatMap(([at, length], index): [number, number][] => {
    const taken = Math.min(left, length);
    left -= taken;
    // Places of one file never overlap each other.
    return taken > 0 ? [[(index * 100 + at) * 4096, taken * 4096]] : [];
  });
}

/** Each inode once, as a walk finds them. */
export const anyInventory: fc.Arbitrary<FootprintInventory> = fc
  .tuple(
    fc.uniqueArray(anyFile, { selector: ({ storage, ino }) => `${storage} ${ino}`, maxLength: 12 }),
    fc.nat(2),
    fc.uniqueArray(
      fc.record({ node: few('a', 'b'), root: few('/m', '/n'), files: fc.nat(5), bytes: fc.nat(9) }),
      {
        selector: ({ node, root }) => node + root,
        maxLength: 3,
      },
    ),
  )
  .map(([files, takenAtMs, sums]) =>
    inventoryOf(files, {
      takenAtMs,
      small: sums.map(({ node, root, files: count, bytes }) => ({
        ...{ node, root, backend: 'other' as const, model: null, files: count },
        apparentBytes: bytes * 2,
        onDiskBytes: bytes,
      })),
    }),
  );
