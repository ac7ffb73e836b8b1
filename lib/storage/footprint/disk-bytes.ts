import type { InventoryFile } from './types.ts';

/**
 * What each file takes on its device, in the order given: an extent that several share counts for the first of them
 * alone. So the sum is what they take together. Pure.
 */
export function diskBytes(files: readonly InventoryFile[]): readonly number[] {
  const claimed = new Map<string, Ranges>();
  return files.map(({ storage, allocated, shared }) => {
    if (shared === null || shared.length === 0) return allocated;
    const ranges = claimed.get(storage) ?? new Ranges();
    claimed.set(storage, ranges);
    let counted = 0;
    for (const [offset, length] of shared) counted += length - ranges.claim(offset, offset + length);
    return Math.max(0, allocated - counted);
  });
}

/** Ranges that don't overlap, ascending. */
class Ranges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Adds a range and says how many of its bytes were new. */
  claim(start: number, end: number): number {
    const first = this.#firstEndingAtOrBehind(start);
    let last = first;
    let covered = 0;
    let [from, to] = [start, end];
    for (; last < this.#starts.length; last += 1) {
      const [left, right] = [this.#starts[last] ?? 0, this.#ends[last] ?? 0];
      if (left > end) break;
      covered += Math.max(0, Math.min(right, end) - Math.max(left, start));
      from = Math.min(from, left);
      to = Math.max(to, right);
    }
    this.#starts.splice(first, last - first, from);
    this.#ends.splice(first, last - first, to);
    return end - start - covered;
  }

  #firstEndingAtOrBehind(start: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
