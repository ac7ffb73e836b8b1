import { describe, expect, it } from 'vitest';
import type { Panel } from '../../../scripts/grafana/model.ts';
import { contentOf, pointsOf } from '../../../scripts/grafana/pictures/content.ts';
import { axisOfLines } from '../../../scripts/grafana/pictures/draw-chart.ts';
import { answerKey, type Recorded } from '../../../scripts/grafana/pictures/recording.ts';

const RANGE = { start: 100, end: 104, step: 1 };

function panel(kind: Panel['kind'], more: Partial<Panel> = {}): Panel {
  const query = { expr: 'up', legend: '{{instance}}' };
  return { kind, title: 'A panel', description: '', unit: 'short', width: 12, queries: [query], ...more };
}

function content(of: Panel, series: readonly Recorded[]) {
  const [query] = of.queries;
  if (query === undefined) throw new Error('a panel without a query');
  return contentOf(of, { ...RANGE, answers: { [answerKey(of, query)]: series } });
}

describe('a series', () => {
  it('has a gap where Prometheus says nothing, and where it says what is no number', () => {
    const values = [
      [100, '1'],
      [101, 'NaN'],
      [103, '3'],
      [104, '+Inf'],
    ] as const;
    expect(pointsOf({ metric: {}, values }, RANGE)).toEqual([
      [0, 1],
      [1, null],
      [2, null],
      [3, 3],
      [4, null],
    ]);
  });
});

describe('what a panel shows', () => {
  it('is a line for each series that has a value', () => {
    const shown = content(panel('timeseries'), [
      { metric: { instance: 'a' }, values: [[102, '7']] },
      { metric: { instance: 'b' }, values: [[102, 'NaN']] },
    ]);
    expect(shown).toMatchObject({ kind: 'lines', lines: [{ name: 'a' }] });
  });

  it('is nothing where nothing is known', () => {
    for (const kind of ['timeseries', 'stat', 'table'] as const)
      expect(content(panel(kind), [])).toEqual({ kind: 'nothing' });
    expect(content(panel('stat'), [{ metric: {}, values: [[104, 'NaN']] }])).toEqual({ kind: 'nothing' });
  });

  it('is a value, or rows of labels', () => {
    const series = [
      { metric: { __name__: 'up', instance: 'a', set: 's' }, values: [[104, '0.5']] },
      { metric: { instance: 'b' }, values: [[104, '1']] },
    ] as const;
    expect(content(panel('stat'), series)).toEqual({ kind: 'value', value: 0.5 });
    expect(content(panel('table', { unit: 'percentunit' }), series)).toEqual({
      kind: 'table',
      header: ['instance', 'set', 'Value'],
      rows: [
        ['a', 's', '50.0 %'],
        ['b', '', '100 %'],
      ],
    });
  });

  it('is never that of another recording', () => {
    expect(() => contentOf(panel('stat'), { ...RANGE, answers: {} })).toThrow('A panel');
  });
});

describe('the axis of a panel', () => {
  const line = (values: readonly (number | null)[]) => ({
    name: '',
    points: values.map((value, at) => [at, value] as const),
  });

  it('holds the sums of stacked areas', () => {
    const lines = [line([1, 4, null]), line([2, 4, 3])];
    expect(axisOfLines(panel('timeseries', { min: 0 }), lines).max).toBe(4);
    expect(axisOfLines(panel('timeseries', { min: 0, stacked: true }), lines).max).toBe(8);
  });
});
