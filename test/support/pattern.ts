/** Numbers in [0, 1) that depend on the seed alone. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface ResidencyPattern {
  readonly name: string;
  /** Ascending page numbers. */
  readonly resident: readonly number[];
}

/** The shapes that residency takes, for a file of `pages` pages: the edges by hand, the rest by chance. */
export function residencyPatterns(pages: number, seed = 1): readonly ResidencyPattern[] {
  const random = mulberry32(seed);
  const all = Array.from({ length: pages }, (_, page) => page);
  const below = (limit: number) => Math.floor(random() * limit);
  const patterns: ResidencyPattern[] = [
    { name: 'empty', resident: [] },
    { name: 'all', resident: all },
    { name: 'first page only', resident: all.slice(0, 1) },
    { name: 'last page only', resident: all.slice(-1) },
    { name: 'one page', resident: pages === 0 ? [] : [below(pages)] },
    { name: 'all but one page', resident: without(all, below(pages)) },
    { name: 'even pages', resident: all.filter((page) => page % 2 === 0) },
    { name: 'odd pages', resident: all.filter((page) => page % 2 === 1) },
    { name: 'first half', resident: all.slice(0, pages >> 1) },
    { name: 'second half', resident: all.slice(pages >> 1) },
  ];
  for (const density of [0.05, 0.5, 0.95]) {
    patterns.push({
      name: `${density * 100} % at random, seed ${seed}`,
      resident: all.filter(() => random() < density),
    });
  }
  patterns.push({ name: `random blocks, seed ${seed}`, resident: blocks(pages, below) });
  return patterns;
}

function without(all: readonly number[], page: number): readonly number[] {
  return all.filter((candidate) => candidate !== page);
}

function blocks(pages: number, below: (limit: number) => number): readonly number[] {
  const resident: number[] = [];
  let page = below(8);
  while (page < pages) {
    const end = Math.min(pages, page + 1 + below(32));
    for (; page < end; page++) resident.push(page);
    page += 1 + below(32);
  }
  return resident;
}
