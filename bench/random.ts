/** Numbers that depend on the seed alone, so that a run's order and its files can be had again. */
export interface Random {
  /** From 0 up to, and never, 1. */
  next(): number;
}

/** mulberry32: 32 bits of state are plenty to shuffle a few trials. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** Every order is equally likely (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(random.next() * left.length), 1));
  return order;
}
