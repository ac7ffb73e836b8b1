import type { Spread } from '../../statistics.ts';
import { withQuartiles } from '../format.ts';

/** A line of the table of goals. */
export interface Goal {
  /** Names the file of notes, where there is one. */
  readonly id: string;
  readonly what: string;
  readonly goal: string;
  readonly reached: string;
  readonly verdict: 'met' | 'MISSED' | 'not measured';
}

type Asked = Pick<Goal, 'id' | 'what' | 'goal'>;

export function notMeasured(asked: Asked): Goal {
  return { ...asked, reached: '–', verdict: 'not measured' };
}

export function decide(asked: Asked, met: boolean, reached: string): Goal {
  return { ...asked, reached, verdict: met ? 'met' : 'MISSED' };
}

export interface Bound {
  readonly atLeast?: number;
  readonly moreThan?: number;
  readonly atMost?: number;
}

/** The median decides. That the middle half of the rounds lies on both sides of the bound is said, and changes nothing. */
export function decideBySpread(
  asked: Asked,
  spread: Spread | undefined,
  bound: Bound,
  show: (number: number) => string,
  note = '',
): Goal {
  if (!spread) return notMeasured(asked);
  const close = holds(spread.lowerQuartile, bound) !== holds(spread.upperQuartile, bound);
  const words = [withQuartiles(spread, show), note, close ? 'the rounds disagree' : ''];
  return decide(asked, holds(spread.median, bound), words.filter(Boolean).join('; '));
}

export function holds(figure: number, { atLeast, moreThan, atMost }: Bound): boolean {
  return (
    (atLeast === undefined || figure >= atLeast) &&
    (moreThan === undefined || figure > moreThan) &&
    (atMost === undefined || figure <= atMost)
  );
}

/** Of several comparisons of which all must hold, the one that is nearest to failing. */
export function worst<T extends { readonly spread: Spread }>(
  compared: readonly T[],
  direction: 'least' | 'most',
): T | undefined {
  const sign = direction === 'least' ? 1 : -1;
  return [...compared].sort((a, b) => sign * (a.spread.median - b.spread.median))[0];
}
