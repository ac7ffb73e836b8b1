import {
  bootstrapMedian,
  cliffsDelta,
  hodgesLehmann,
  type Interval,
  type MannWhitney,
  mannWhitney,
  type Shift,
  type Spread,
  spreadOf,
} from './statistics/index.ts';
import type { Design, DoneTrial, Trial } from './types.ts';

/** Milliseconds of one condition. Only trials that are done count; all of those do, outliers too. */
export interface Figures {
  readonly spread: Spread;
  /** Of the median, by bootstrap; null with fewer than two trials. */
  readonly interval: Interval | null;
}

export interface ConditionSummary {
  readonly condition: string;
  readonly scheduler: string | null;
  readonly trials: readonly DoneTrial[];
  readonly voids: number;
  /** What the reader waited for; null without trials. */
  readonly load: Figures | null;
  readonly preparation: Figures | null;
  readonly total: Figures | null;
}

/** A condition against the cold one, in what both take altogether. */
export interface Comparison {
  readonly condition: string;
  readonly scheduler: string | null;
  readonly test: MannWhitney;
  /** Milliseconds that the condition saves. */
  readonly saved: Shift;
  /** 1: every trial of it was quicker than every cold one; −1: slower. */
  readonly delta: number;
  /** Cold median / its median. */
  readonly factor: number;
}

export interface Analysis {
  readonly summaries: readonly ConditionSummary[];
  readonly comparisons: readonly Comparison[];
}

/** What the trials come to. Pure; the same journal always gives the same figures. */
export function analyse(design: Design, trials: readonly Trial[]): Analysis {
  const schedulers = design.schedulers.length > 0 ? design.schedulers : [null];
  const summaries = schedulers.flatMap((scheduler) =>
    design.conditions.map(({ name }) =>
      summarise(
        name,
        scheduler,
        trials.filter((trial) => trial.condition === name && trial.scheduler === scheduler),
        design.seed,
      ),
    ),
  );
  const comparisons = summaries.flatMap((summary) => {
    const cold = summaries.find(
      ({ condition, scheduler }) => condition === 'cold' && scheduler === summary.scheduler,
    );
    return cold === undefined || summary === cold ? [] : (compare(cold, summary) ?? []);
  });
  return { summaries, comparisons };
}

function summarise(
  condition: string,
  scheduler: string | null,
  trials: readonly Trial[],
  seed: number,
): ConditionSummary {
  const done = trials.filter((trial) => trial.state === 'done');
  const figures = (values: readonly number[]): Figures | null => {
    const spread = spreadOf(values);
    return spread && { spread, interval: bootstrapMedian(values, { seed }) };
  };
  return {
    condition,
    scheduler,
    trials: done,
    voids: trials.length - done.length,
    load: figures(done.map(({ loadMs }) => loadMs)),
    preparation: figures(done.flatMap(({ preparationMs }) => preparationMs ?? [])),
    total: figures(done.map(({ totalMs }) => totalMs)),
  };
}

function compare(cold: ConditionSummary, other: ConditionSummary): Comparison | null {
  const [slow, quick] = [cold, other].map(({ trials }) => trials.map(({ totalMs }) => totalMs));
  const test = mannWhitney(slow ?? [], quick ?? []);
  const saved = hodgesLehmann(slow ?? [], quick ?? []);
  const delta = cliffsDelta(slow ?? [], quick ?? []);
  if (test === null || saved === null || delta === null || !cold.total || !other.total) return null;
  const { condition, scheduler } = other;
  const factor = cold.total.spread.median / other.total.spread.median;
  return { condition, scheduler, test, saved, delta, factor };
}
