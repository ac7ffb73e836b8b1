import type { Collection } from '../collection.ts';
import type { Search } from '../search.ts';

/** One target that is taken in load order. */
export interface Load {
  readonly found: Collection;
  readonly search: Search;
  /** Directories that were entered, as `dev/ino`: links may lead in a circle. */
  readonly entered: Set<string>;
  /** Told of names that a server would read and that are links to nothing. Without it they are counted only. */
  readonly onDangling?: (names: readonly string[]) => void;
}

/** False when this directory was entered before. */
export function enterOnce({ entered }: Load, { dev, ino }: { dev: bigint; ino: bigint }): boolean {
  const key = `${dev}/${ino}`;
  if (entered.has(key)) return false;
  entered.add(key);
  return true;
}
