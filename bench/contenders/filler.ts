import type { Entrant } from '../context.ts';
import type { FileSet } from '../corpus.ts';
import type { Cost } from '../measure/run.ts';

/** What a fill cost, and how long it took by the tool's own clock where it has one. */
export interface Filled {
  readonly cost: Cost;
  readonly own?: number;
}

/** Somebody who makes a cold set resident. */
export interface Filler extends Entrant {
  fill(set: FileSet): Promise<Filled>;
}
