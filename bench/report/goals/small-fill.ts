import type { Results } from '../../results.ts';
import { ratio, wall } from '../derive.ts';
import { times } from '../format.ts';
import { decideBySpread, type Goal, notMeasured } from './goal.ts';

const VMTOUCH = {
  id: 'small-vmtouch',
  what: 'Cold fill of small files against vmtouch -t',
  goal: '≥ 2 × as fast',
};
const FIND = {
  id: 'small-find',
  what: 'Cold fill of small files against find | xargs -P4 cat',
  goal: '≥ 2 × as fast',
};

export function smallFillGoals({ 'small-fill': result }: Results): readonly Goal[] {
  if (!result) return [VMTOUCH, FIND].map(notMeasured);
  const faster = (other: string) => ratio(result, other, 'warmset', wall);
  return [
    decideBySpread(VMTOUCH, faster('vmtouch'), { atLeast: 2 }, times),
    decideBySpread(FIND, faster('find-cat'), { atLeast: 2 }, times),
  ];
}
