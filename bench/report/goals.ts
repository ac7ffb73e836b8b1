import type { Results } from '../results.ts';
import type { Goal } from './goals/goal.ts';
import { largeFillGoals, usualReadAheadGoals } from './goals/large-fill.ts';
import { launchGoals } from './goals/launch.ts';
import { neighbourGoals } from './goals/neighbour.ts';
import { processGoals } from './goals/process.ts';
import { queryGoals } from './goals/query.ts';
import { smallFillGoals } from './goals/small-fill.ts';

/** Every goal, with what the results say of it. Pure. */
export function judge(results: Results): readonly Goal[] {
  return [
    ...largeFillGoals(results),
    ...usualReadAheadGoals(results),
    ...smallFillGoals(results),
    ...queryGoals(results),
    ...neighbourGoals(results),
    ...processGoals(results),
    ...launchGoals(results),
  ];
}
