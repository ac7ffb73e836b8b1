import type { Results } from '../../results.ts';
import { processRate, ratio, value } from '../derive.ts';
import { times } from '../format.ts';
import { decideBySpread, type Goal, notMeasured } from './goal.ts';

const WAITS = {
  id: 'neighbour-waits',
  what: "A neighbour's read p95 during a guarded fill, against its p95 alone",
  goal: '≤ 1.2 ×',
};
const MOVES = {
  id: 'neighbour-moves',
  what: 'Rate of the guarded fill beside it, against the unguarded one alone',
  goal: '≥ a twentieth',
};
const IDLE = {
  id: 'neighbour-idle',
  what: 'Rate of the guarded fill where nobody else reads, against the unguarded one',
  goal: '≥ 0.8 ×',
};

const BESIDE = 'with a neighbour';
const ALONE = 'alone on the device';

export function neighbourGoals({ neighbour: result }: Results): readonly Goal[] {
  if (!result) return [WAITS, MOVES, IDLE].map(notMeasured);
  const waits = ratio(result, 'warmset', 'alone', value('p95'), BESIDE);
  const moves = ratio(result, 'warmset', 'warmset-unguarded', processRate, BESIDE, ALONE);
  const idle = ratio(result, 'warmset', 'warmset-unguarded', processRate, ALONE);
  return [
    decideBySpread(WAITS, waits, { atMost: 1.2 }, times),
    decideBySpread(MOVES, moves, { atLeast: 1 / 20 }, times),
    decideBySpread(IDLE, idle, { atLeast: 0.8 }, times),
  ];
}
