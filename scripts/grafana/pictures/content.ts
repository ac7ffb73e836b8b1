import type { Panel } from '../model.ts';
import { legendText } from './legend.ts';
import { answerKey, type Recorded, type Recording } from './recording.ts';
import { valueText } from './value-text.ts';

/** Seconds from the beginning, and a value; one that isn't there is a gap. */
export type Point = readonly [seconds: number, value: number | null];

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

/** What a panel shows. */
export type Content =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | { readonly kind: 'value'; readonly value: number }
  | {
      readonly kind: 'table';
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'nothing' };

/** @throws where the recording is of other panels */
export function contentOf(panel: Panel, recording: Recording): Content {
  const found = panel.queries.map((query) => {
    const series = recording.answers[answerKey(panel, query)];
    if (series === undefined) throw new Error(`${panel.title}: the recording has no answer to ${query.expr}`);
    return { query, series };
  });
  switch (panel.kind) {
    case 'timeseries': {
      const lines = found.flatMap(({ query, series }) =>
        series.map((one) => ({
          name: legendText(query.legend, one.metric),
          points: pointsOf(one, recording),
        })),
      );
      const known = lines.filter(({ points }) => points.some(([, value]) => value !== null));
      return known.length === 0 ? { kind: 'nothing' } : { kind: 'lines', lines: known };
    }
    case 'stat': {
      const value = lastValue(found[0]?.series[0]);
      return value === null ? { kind: 'nothing' } : { kind: 'value', value };
    }
    case 'table':
      return tableOf(
        panel,
        found.flatMap(({ series }) => series),
      );
  }
}

/** A point at each step: Prometheus leaves out those at which there was nothing. */
export function pointsOf(
  { values }: Recorded,
  { start, end, step }: Pick<Recording, 'start' | 'end' | 'step'>,
): readonly Point[] {
  const known = new Map(values.map(([time, value]) => [Math.round((time - start) / step), finite(value)]));
  const steps = Math.floor((end - start) / step);
  return Array.from({ length: steps + 1 }, (_, index) => [index * step, known.get(index) ?? null] as const);
}

/** 0 / 0 is NaN, and nothing that can be drawn. */
function finite(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

function lastValue(series: Recorded | undefined): number | null {
  const last = series?.values.at(-1);
  return last === undefined ? null : finite(last[1]);
}

function tableOf({ unit }: Panel, series: readonly Recorded[]): Content {
  if (series.length === 0) return { kind: 'nothing' };
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].filter(
    (label) => label !== '__name__',
  );
  return {
    kind: 'table',
    header: [...labels, 'Value'],
    rows: series.map((one) => {
      const value = lastValue(one);
      return [
        ...labels.map((label) => one.metric[label] ?? ''),
        value === null ? '' : valueText(unit, value),
      ];
    }),
  };
}
