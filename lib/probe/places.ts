import { sample, seededRandom } from './random.ts';

/** Where a probe looks. */
export interface Place {
  /** Index of a file in the list that places were picked from. */
  readonly file: number;
  /** Bytes, a multiple of the block's size. */
  readonly offset: number;
}

/**
 * Picks different blocks of some files at random, each block as likely as any other, in random order. A file that is
 * no whole number of blocks has a shorter one at its end; an empty file has none. Fewer than `count` where there are
 * no more. The same seed picks the same places.
 */
export function pickPlaces(
  sizes: readonly number[],
  { count, blockBytes, seed }: { readonly count: number; readonly blockBytes: number; readonly seed: number },
): readonly Place[] {
  const firsts: number[] = [];
  let blocks = 0;
  for (const size of sizes) {
    firsts.push(blocks);
    blocks += Math.ceil(size / blockBytes);
  }
  return sample(seededRandom(seed), count, blocks).map((block) => {
    const file = lastNotAbove(firsts, block);
    return { file, offset: (block - (firsts[file] ?? 0)) * blockBytes };
  });
}

/**
 * Blocks that follow each other, from one that is picked at random on, through the files in their order and from the
 * last one's end on to the first one's beginning. Otherwise as {@link pickPlaces}.
 */
export function followPlaces(
  sizes: readonly number[],
  { count, blockBytes, seed }: { readonly count: number; readonly blockBytes: number; readonly seed: number },
): readonly Place[] {
  const blocks = sizes.map((size) => Math.ceil(size / blockBytes));
  const total = blocks.reduce((sum, one) => sum + one, 0);
  const [first] = pickPlaces(sizes, { count: 1, blockBytes, seed });
  if (!first) return [];
  const places: Place[] = [];
  let { file, offset } = first;
  while (places.length < Math.min(count, total)) {
    if (offset < (blocks[file] ?? 0) * blockBytes) {
      places.push({ file, offset });
      offset += blockBytes;
    } else {
      file = (file + 1) % sizes.length;
      offset = 0;
    }
  }
  return places;
}

/** Index of the last of these ascending numbers that isn't above `value`. */
function lastNotAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
