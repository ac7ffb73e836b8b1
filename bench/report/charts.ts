import type { ResultFile, Results } from '../results.ts';
import type { Spread } from '../statistics.ts';
import {
  cpuPerGib,
  GIB,
  isOurs,
  type Metric,
  processRate,
  ranked,
  spread,
  value,
  variantsOf,
  wall,
} from './derive.ts';

/** What the charts show, before anything is drawn. Pure. */

export interface Bar {
  readonly label: string;
  readonly ours: boolean;
  readonly spread: Spread;
}

export interface Chart {
  /** Of the file. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Where the figures differ by more than a factor of a hundred. */
  readonly logarithmic: boolean;
  readonly bars: readonly Bar[];
}

function scaled(by: number, metric: Metric): Metric {
  return (values) => {
    const figure = metric(values);
    return figure === undefined ? undefined : figure * by;
  };
}

function contenderBars(result: ResultFile, metric: Metric, order: 'most' | 'least'): readonly Bar[] {
  return ranked(result, metric, order).map(({ id, label, spread: found }) => ({
    label,
    ours: isOurs(id),
    spread: found,
  }));
}

type Draw = Omit<Chart, 'bars' | 'logarithmic'> & {
  readonly kind: keyof Results;
  readonly bars: (result: ResultFile) => readonly Bar[];
};

const LARGE_FOLIOS = /^(?!.*files).*large folios$/;

/** The largest set in large folios, where the answers differ most. */
function queryBars(result: ResultFile): readonly Bar[] {
  const variant = variantsOf(result)
    .filter((name) => LARGE_FOLIOS.test(name))
    .at(-1);
  if (variant === undefined) return [];
  return result.contenders.flatMap(({ id, label }) => {
    const found = spread(result, id, scaled(1000, value('query')), variant);
    return found ? [{ label, ours: isOurs(id), spread: found }] : [];
  });
}

const DRAWN: readonly Draw[] = [
  {
    kind: 'large-fill',
    name: 'large-fill-rate',
    title: 'Cold fill of large files, whole process',
    unit: 'GiB/s',
    bars: (result) => contenderBars(result, scaled(1 / GIB, processRate), 'most'),
  },
  {
    kind: 'large-fill',
    name: 'large-fill-cpu',
    title: 'CPU of the fill',
    unit: 's per GiB',
    bars: (result) => contenderBars(result, cpuPerGib, 'least'),
  },
  {
    kind: 'large-fill',
    name: 'large-fill-reader',
    title: "A reader's first mmap scan after the fill",
    unit: 'ms',
    bars: (result) => contenderBars(result, scaled(1000, value('mmapFirst')), 'least'),
  },
  {
    kind: 'small-fill',
    name: 'small-fill',
    title: 'Cold fill of small files, whole process',
    unit: 's',
    bars: (result) => contenderBars(result, wall, 'least'),
  },
  {
    kind: 'query',
    name: 'query',
    title: 'Residency query over large folios, the question itself',
    unit: 'ms',
    bars: queryBars,
  },
  {
    kind: 'event-loop',
    name: 'event-loop',
    title: 'Event-loop delay p99 during a fill',
    unit: 'ms',
    bars: (result) => contenderBars(result, scaled(1000, value('p99')), 'least'),
  },
];

export function charts(results: Results): readonly (Chart & { readonly kind: keyof Results })[] {
  return DRAWN.flatMap(({ kind, name, title, unit, bars: draw }) => {
    const result = results[kind];
    const bars = result ? draw(result) : [];
    return bars.length > 0 ? [{ kind, name, title, unit, bars, logarithmic: isWide(bars) }] : [];
  });
}

function isWide(bars: readonly Bar[]): boolean {
  const medians = bars.map(({ spread: { median } }) => median);
  const least = Math.min(...medians);
  return least > 0 && Math.max(...medians) / least > 100;
}
