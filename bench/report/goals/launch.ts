import type { ResultFile, Results } from '../../results.ts';
import { ratio, spread, value } from '../derive.ts';
import { plain, seconds } from '../format.ts';
import { decide, decideBySpread, type Goal, notMeasured } from './goal.ts';

const HIDDEN = {
  id: 'launch-hidden',
  what: 'Start with `run`, imports longer than the cold read: the load',
  goal: '≤ 1.1 × fully warm, behind the same imports',
};
const AT_ONCE = {
  id: 'launch-at-once',
  what: 'Start with `run`, cold and no imports: the load',
  goal: '≤ 1.02 × without `run`',
};
const WARM = {
  id: 'launch-warm',
  what: 'Start with `run`, everything warm: the load',
  goal: '≤ 1.01 × without `run`',
};
const SPAWN = {
  id: 'launch-spawn',
  what: 'From the start of `warmset run` to that of the command',
  goal: '≤ node -e 0 + 60 ms',
};

const MOST_SPAWN = 0.06;

export function launchGoals({ launch }: Results): readonly Goal[] {
  const compared = (variant: string, other: string) =>
    launch && ratio(launch, 'run', 'without', value('load'), variant, other);
  return [
    decideBySpread(HIDDEN, compared('cold, imports first', 'warm, imports first'), { atMost: 1.1 }, plain),
    decideBySpread(AT_ONCE, compared('cold, reads at once', 'cold, reads at once'), { atMost: 1.02 }, plain),
    decideBySpread(WARM, compared('warm', 'warm'), { atMost: 1.01 }, plain),
    spawn(launch),
  ];
}

function spawn(launch: ResultFile | undefined): Goal {
  const node = launch && spread(launch, 'node', value('spawn'), 'spawn');
  const ours = launch && spread(launch, 'run', value('spawn'), 'spawn');
  if (!node || !ours) return notMeasured(SPAWN);
  const limit = node.median + MOST_SPAWN;
  return decide(SPAWN, ours.median <= limit, `${seconds(ours.median)} of ${seconds(limit)}`);
}
