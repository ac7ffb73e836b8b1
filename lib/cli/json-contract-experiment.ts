import type { Design, PlannedTrial } from '../experiment/index.ts';

/** The document of `warmset experiment --dry-run`; that of a run is the library's own, as it lies in `experiment.json`. */
export function experimentPlanJson(
  design: Design,
  trials: readonly PlannedTrial[],
  set: { readonly files: number; readonly bytes: number },
): object {
  return { schema: 'warmset.experimentPlan/1', ...set, design, trials };
}
