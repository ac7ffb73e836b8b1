import type { SweepReport } from '../../keeper/types.ts';

/** Sets that have series, so that those of a set that a new config dropped end with it. */
export class SeenSets {
  readonly #names = new Set<string>();

  add(name: string): void {
    this.#names.add(name);
  }

  /** The sets that this sweep doesn't know any more; each is told once. */
  gone(report: SweepReport): string[] {
    const known = new Set(report.sets.map(({ name }) => name));
    const gone = [...this.#names].filter((name) => !known.has(name));
    for (const name of gone) this.#names.delete(name);
    return gone;
  }
}
