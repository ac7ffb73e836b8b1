import type { WarmOptions } from '../fill/index.ts';
import type { WarmSet } from '../targets/index.ts';
import type { ExperimentDependencies } from './dependencies.ts';
import type { Design } from './types.ts';

/** How the fills of an experiment are held: as those of `warm`. */
export type FillOptions = Pick<WarmOptions, 'budget' | 'guard' | 'engine' | 'streams' | 'rate' | 'priority'>;

/** What every trial of a run has. */
export interface TrialContext {
  readonly set: WarmSet;
  readonly design: Design;
  readonly fill: FillOptions;
  /** As /proc/diskstats calls it. */
  readonly device: string | null;
  readonly signal: AbortSignal;
  readonly host: ExperimentDependencies;
}
