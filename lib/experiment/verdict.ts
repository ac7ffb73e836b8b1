import { formatDuration, formatShare } from '../units.ts';
import type { Analysis, Comparison, ConditionSummary } from './analyse.ts';
import { LEAST_ROUNDS } from './design.ts';
import { median } from './statistics/index.ts';

/** What it comes to, for one scheduler or for the device as it is. */
export interface Conclusion {
  readonly scheduler: string | null;
  readonly kind: 'worth-it' | 'not-worth-it' | 'undecided';
  readonly headline: string;
  /** Whole sentences: by how much, how certain, what it costs. */
  readonly sentences: readonly string[];
  /** Starts that would otherwise be cold, from which on one fill has paid for itself; null where it never does, or wasn't tried. */
  readonly breakEvenStarts: number | null;
}

/** By chance as often as this: it counts as shown. */
export const SIGNIFICANT = 0.05;
/** Less of a cold start than this isn't worth the memory and the reading. */
export const WORTH_SHARE = 0.05;

// Held for more of its time than this, a fill's cost says more of the neighbours than of the fill.
const HELD_SHARE = 0.2;

/** One verdict a scheduler. Pure. */
export function judgeExperiment(analysis: Analysis): readonly Conclusion[] {
  const schedulers = [...new Set(analysis.summaries.map(({ scheduler }) => scheduler))];
  return schedulers.map((scheduler) => {
    const of = <T extends { scheduler: string | null }>(all: readonly T[]): readonly T[] =>
      all.filter((one) => one.scheduler === scheduler);
    return { scheduler, ...judge(of(analysis.summaries), of(analysis.comparisons)) };
  });
}

function judge(
  summaries: readonly ConditionSummary[],
  comparisons: readonly Comparison[],
): Omit<Conclusion, 'scheduler'> {
  const find = (name: string) => summaries.find(({ condition }) => condition === name);
  const [cold, warm] = [find('cold'), find('warm')];
  const warmth = comparisons.find(({ condition }) => condition === 'warm');
  const few = [cold, warm].find((summary) => (summary?.trials.length ?? 0) < LEAST_ROUNDS);
  if (!cold?.total || !warm?.total || !warmth || few) {
    const names = summaries.map(({ condition, trials }) => `${trials.length} ${condition}`).join(', ');
    return {
      kind: 'undecided',
      headline: 'Undecided: too few trials.',
      sentences: [
        `There are ${names}; it takes ${LEAST_ROUNDS} cold and ${LEAST_ROUNDS} warm ones at least.`,
      ],
      breakEvenStarts: null,
    };
  }
  const medians = [warm, cold].map(({ total }) => formatDuration(total?.spread.median ?? 0));
  const said = `a warm start takes ${medians[0]}, a cold one ${medians[1]}`;
  const kind = kindOf(warmth, cold.total.spread.median);
  const others = comparisons
    .filter((comparison) => comparison !== warmth)
    .map((comparison) => describeOther(comparison, find(comparison.condition)));
  const pays = kind === 'worth-it' ? payback(warmth, find('prewarm'), comparisons) : null;
  return {
    kind,
    headline: `${HEADLINES[kind]}: ${said}.`,
    sentences: [
      describe(warmth, 'A warm start'),
      ...(kind === 'undecided' ? [hintOf(warmth)] : []),
      ...others,
      ...(pays?.sentences ?? []),
    ],
    breakEvenStarts: pays?.starts ?? null,
  };
}

const HEADLINES: Readonly<Record<Conclusion['kind'], string>> = {
  'worth-it': 'Worth it here',
  'not-worth-it': 'Not worth it here',
  undecided: 'Undecided',
};

function kindOf({ test, saved }: Comparison, coldMs: number): Conclusion['kind'] {
  const worth = WORTH_SHARE * coldMs;
  if (test.p < SIGNIFICANT) return saved.estimate >= worth ? 'worth-it' : 'not-worth-it';
  // Nothing is shown; but where even the far end of the interval isn't worth having, that is an answer, too.
  return saved.high < worth ? 'not-worth-it' : 'undecided';
}

/** By how much with what certainty. */
function describe({ test, saved, delta, factor }: Comparison, subject: string): string {
  const range = (low: number, high: number): string =>
    `between ${formatDuration(low)} and ${formatDuration(high)} with ${formatShare(saved.confidence)} confidence`;
  const chance = `${formatP(test.p)}, Mann–Whitney`;
  if (test.p >= SIGNIFICANT) {
    return `${subject} isn't shown to differ from a cold one (${chance}): it saves ${range(saved.low, saved.high)}.`;
  }
  const size =
    factor >= 1
      ? `${factor.toFixed(factor < 9.95 ? 2 : 0)} times as fast as a cold one`
      : 'slower than a cold one';
  const effect =
    saved.estimate >= 0
      ? `saves ${formatDuration(saved.estimate)} (${range(saved.low, saved.high)}; ${chance})`
      : `costs ${formatDuration(-saved.estimate)} more (${range(-saved.high, -saved.low)}; ${chance})`;
  const apart = Math.abs(delta) === 1 ? '; no trial of the one lies among those of the other' : '';
  return `${subject} is ${size} and ${effect}${apart}.`;
}

export function formatP(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`;
}

function hintOf({ delta }: Comparison): string {
  return Math.abs(delta) === 1
    ? 'Every warm trial lies apart from every cold one, but so few trials do by chance now and then: take five rounds or more.'
    : 'More rounds, or a quieter machine, may show what there is.';
}

function describeOther(comparison: Comparison, summary: ConditionSummary | undefined): string {
  const { condition } = comparison;
  const prepared = summary?.preparation?.spread.median;
  const load = summary?.load?.spread.median;
  if (prepared === undefined || load === undefined) {
    const subject =
      condition === 'run' ? 'With the fill beside it (run), a start' : `With ${condition}, a start`;
    return describe(comparison, subject);
  }
  const parts = `${formatDuration(prepared)} of preparation and ${formatDuration(load)} of loading`;
  return describe(comparison, `With ${condition}, ${parts} one after the other: a start`);
}

/** What a fill costs against what it saves. */
function payback(
  warmth: Comparison,
  prewarm: ConditionSummary | undefined,
  comparisons: readonly Comparison[],
): { readonly starts: number; readonly sentences: readonly string[] } | null {
  const cost = prewarm?.preparation?.spread.median;
  if (cost === undefined) return null;
  const saving = warmth.saved.estimate;
  const inARow = comparisons.find(({ condition }) => condition === 'prewarm');
  const starts = Math.max(1, Math.ceil(cost / saving));
  const held = median(prewarm?.trials.map((trial) => trial.held?.ms ?? 0) ?? [0]);
  const many = starts === 1 ? 'at the first start' : `at start number ${starts}`;
  return {
    starts,
    sentences: [
      `A fill takes ${formatDuration(cost)} of reading, and each start that would otherwise be cold is then ${formatDuration(saving)} shorter: it has paid for itself ${many} of that kind.`,
      ...(held > HELD_SHARE * cost
        ? [
            `The guard held the fill for ${formatDuration(held)} of that for others' sake: on a quieter machine, or with --no-guard, it costs less.`,
          ]
        : []),
      inARow && inARow.test.p < SIGNIFICANT && inARow.saved.estimate > 0
        ? 'It pays even right before the start, as prewarm shows.'
        : 'Right before the start it only moves the waiting, as far as prewarm shows: it pays where it runs earlier, or once for several starts.',
      'A start that finds the files in memory anyway, such as a restart just after the last one, gains nothing.',
    ],
  };
}
