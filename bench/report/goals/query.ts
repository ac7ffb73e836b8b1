import type { ResultFile, Results } from '../../results.ts';
import { ratiosByRound, spreadOf } from '../../statistics.ts';
import { byRound, value, variantsOf } from '../derive.ts';
import { times } from '../format.ts';
import { decideBySpread, type Goal, notMeasured, worst } from './goal.ts';

interface Comparison {
  readonly asked: Pick<Goal, 'id' | 'what' | 'goal'>;
  readonly ours: string;
  readonly other: string;
  readonly metric: 'query' | 'wall';
  readonly bound: number;
  readonly variants: (variant: string) => boolean;
}

const everything = (): boolean => true;
const largeFolios = (variant: string): boolean => variant.endsWith('large folios');

/** The question itself (without anybody's start) decides; whole processes stand beside it. */
const COMPARISONS: readonly Comparison[] = [
  {
    asked: { id: 'query-vmtouch', what: 'Residency query against vmtouch', goal: '≥ 10 × faster' },
    ours: 'warmset-library',
    other: 'vmtouch',
    metric: 'query',
    bound: 10,
    variants: everything,
  },
  {
    asked: { id: 'query-fincore', what: 'Residency query against fincore', goal: '≥ 2 × faster' },
    ours: 'warmset-library',
    other: 'fincore',
    metric: 'query',
    bound: 2,
    variants: everything,
  },
  {
    asked: {
      id: 'query-folios',
      what: 'The same over large folios, against vmtouch',
      goal: '≥ 100 × faster',
    },
    ours: 'warmset-library',
    other: 'vmtouch',
    metric: 'query',
    bound: 100,
    variants: largeFolios,
  },
  {
    asked: { id: 'query-process-vmtouch', what: 'Whole process against vmtouch', goal: '≥ 10 × faster' },
    ours: 'warmset',
    other: 'vmtouch',
    metric: 'wall',
    bound: 10,
    variants: everything,
  },
  {
    asked: { id: 'query-process-fincore', what: 'Whole process against fincore', goal: '≥ 2 × faster' },
    ours: 'warmset',
    other: 'fincore',
    metric: 'wall',
    bound: 2,
    variants: everything,
  },
];

export function queryGoals({ query: result }: Results): readonly Goal[] {
  return COMPARISONS.map((comparison) =>
    result ? judgeOne(result, comparison) : notMeasured(comparison.asked),
  );
}

/** The set and state in which it does worst decides. */
function judgeOne(result: ResultFile, { asked, ours, other, metric, bound, variants }: Comparison): Goal {
  const compared = variantsOf(result)
    .filter(variants)
    .flatMap((variant) => {
      const ratios = ratiosByRound(
        byRound(result, other, value(metric), variant),
        byRound(result, ours, value(metric), variant),
      );
      return ratios.length > 0 ? [{ variant, spread: spreadOf(ratios) }] : [];
    });
  const least = worst(compared, 'least');
  if (!least) return notMeasured(asked);
  const met = compared.filter(({ spread }) => spread.median >= bound).length;
  const note = `worst: ${least.variant}; met in ${met} of ${compared.length} cases`;
  return decideBySpread(asked, least.spread, { atLeast: bound }, times, note);
}
