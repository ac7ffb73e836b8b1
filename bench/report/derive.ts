import type { ResultFile, Sample } from '../results.ts';
import { ratiosByRound, type Spread, spreadOf } from '../statistics.ts';

/** From samples to what is said about them. Pure. */

export const GIB = 1024 ** 3;

type Values = Sample['values'];

/** A figure of one trial; undefined where the trial doesn't tell. */
export type Metric = (values: Values) => number | undefined;

export const value =
  (name: string): Metric =>
  (values) =>
    values[name];

const over = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole === 0 ? undefined : part / whole;

/** By the tool's own clock: without its start and what it does before and after. */
export const ownRate: Metric = ({ bytes, own }) => over(bytes, own);
/** Bytes that are up to date when the process ends, by its wall clock with its start. */
export const processRate: Metric = ({ resident, wall }) => (resident ? over(resident, wall) : undefined);
export const cpuPerGib: Metric = ({ cpu, bytes }) => over(cpu, over(bytes, GIB));
export const wall = value('wall');

/** The figures of a contender's trials by round; the sweep (round 0) isn't one. */
export function byRound(
  { samples }: ResultFile,
  contender: string,
  metric: Metric,
  variant = '',
): ReadonlyMap<number, number> {
  const figures = new Map<number, number>();
  for (const sample of samples) {
    if (sample.contender !== contender || sample.variant !== variant || sample.round === 0) continue;
    const figure = metric(sample.values);
    if (figure !== undefined) figures.set(sample.round, figure);
  }
  return figures;
}

export function spread(
  result: ResultFile,
  contender: string,
  metric: Metric,
  variant = '',
): Spread | undefined {
  const figures = [...byRound(result, contender, metric, variant).values()];
  return figures.length > 0 ? spreadOf(figures) : undefined;
}

/** `a / b` of each round, each in its variant, then their spread. */
export function ratio(
  result: ResultFile,
  a: string,
  b: string,
  metric: Metric,
  variant = '',
  otherVariant = variant,
): Spread | undefined {
  const ratios = ratiosByRound(byRound(result, a, metric, variant), byRound(result, b, metric, otherVariant));
  return ratios.length > 0 ? spreadOf(ratios) : undefined;
}

/** Contenders that have figures, best first. */
export function ranked(
  result: ResultFile,
  metric: Metric,
  order: 'most' | 'least',
  wanted: (contender: string) => boolean = () => true,
  variant = '',
): readonly { readonly id: string; readonly label: string; readonly spread: Spread }[] {
  return result.contenders
    .filter(({ id }) => wanted(id))
    .flatMap(({ id, label }) => {
      const found = spread(result, id, metric, variant);
      return found ? [{ id, label, spread: found }] : [];
    })
    .sort((a, b) => (order === 'most' ? -1 : 1) * (a.spread.median - b.spread.median));
}

export function labelOf({ contenders }: ResultFile, contender: string): string {
  return contenders.find(({ id }) => id === contender)?.label ?? contender;
}

/** In the order in which they were first measured. */
export function variantsOf({ samples }: ResultFile): readonly string[] {
  return [...new Set(samples.filter(({ round }) => round > 0).map(({ variant }) => variant))];
}

export const isOurs = (contender: string): boolean => contender.startsWith('warmset');
export const isFio = (contender: string): boolean => contender.startsWith('fio-');
