/** A stream of numbers that depends on the seed alone, so that a probe can be repeated at the same places. */
export interface Random {
  /** An integer from 0 up to, and never, `end`, which is at most 2^53. */
  below(end: number): number;
}

/** splitmix32's mixing twice a number: enough to scatter probes, not to keep secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next32 = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return {
    // 53 bits: 32 of them would never reach most blocks of a large set.
    below: (end) => Math.floor(((next32() * 2 ** 21 + (next32() >>> 11)) / 2 ** 53) * end),
  };
}

/** `count` different integers below `end` (all of them where there are no more), in random order. */
export function sample(random: Random, count: number, end: number): readonly number[] {
  const chosen = new Set<number>();
  // Floyd's way: as many draws as results, however large `end` is.
  for (let top = Math.max(0, end - count); top < end; top++) {
    const drawn = random.below(top + 1);
    chosen.add(chosen.has(drawn) ? top : drawn);
  }
  const order = [...chosen];
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    const [a, b] = [order[at], order[other]];
    if (a !== undefined && b !== undefined) [order[at], order[other]] = [b, a];
  }
  return order;
}
