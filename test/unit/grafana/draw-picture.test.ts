import { describe, expect, it } from 'vitest';
import type { Dashboard, Panel } from '../../../scripts/grafana/model.ts';
import { drawPicture } from '../../../scripts/grafana/pictures/draw-picture.ts';
import { answerKey, type Recorded, type Recording } from '../../../scripts/grafana/pictures/recording.ts';

function panel(title: string, kind: Panel['kind'], more: Partial<Panel> = {}): Panel {
  const queries = [{ expr: title, legend: '{{set}}' }];
  return { kind, title, description: '', unit: 'bytes', width: 12, min: 0, queries, ...more };
}

function recordingOf(answers: readonly (readonly [Panel, readonly Recorded[]])[]): Recording {
  const entries = answers.flatMap(([of, series]) =>
    of.queries.map((query) => [answerKey(of, query), series]),
  );
  return { start: 0, end: 60, step: 1, answers: Object.fromEntries(entries) };
}

const series = (set: string, values: Recorded['values']): Recorded => ({ metric: { set }, values });
const always = (value: string): Recorded['values'] =>
  Array.from({ length: 61 }, (_, at) => [at, value] as const);

const lines = panel('Lines', 'timeseries');
const areas = panel('Areas & more', 'timeseries', { stacked: true });
const stat = panel('Number', 'stat', { steps: [{ value: null, color: 'red' }] });
const table = panel('Rows', 'table');
const empty = panel('Nothing', 'timeseries');
const panels = [lines, areas, stat, table, empty];
const dashboard: Dashboard = {
  uid: 'u',
  title: 'A dashboard',
  description: 'What it shows.',
  bySet: false,
  rows: [{ title: 'A row', panels }],
};

const broken = always('1048576').filter(([at]) => at < 20 || at > 40);
const svg = drawPicture(
  dashboard,
  recordingOf([
    [lines, [series('<script>', broken)]],
    [areas, [series('a', always('1')), series('b', always('2'))]],
    [stat, [series('', [[60, '2097152']])]],
    [table, Array.from({ length: 12 }, (_, at) => series(`set ${at}`, [[60, '1024']]))],
    [empty, []],
  ]),
);
const texts = [...svg.matchAll(/<text\b[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
/** The lines of the charts: two pixels wide, or nearly. */
const drawn = [...svg.matchAll(/<path d="([^"]*)"[^>]*stroke-width="1.6"/g)].map(([, path = '']) => path);

describe('a picture', () => {
  it('has the titles, the numbers, the rows, and what is not known', () => {
    expect(texts).toEqual(
      expect.arrayContaining([
        'A dashboard',
        'What it shows.',
        'A row',
        'Lines',
        'Areas &amp; more',
        'Number',
      ]),
    );
    expect(texts).toEqual(expect.arrayContaining(['2.00 MiB', 'set 0', '1.00 KiB', 'and 6 more']));
    expect(texts.filter((text) => text === 'not known')).toHaveLength(1);
  });

  it('takes names of series for words', () => {
    expect(texts).toContain('&lt;script&gt;');
    expect(svg).not.toContain('<script');
  });

  it('leaves gaps as gaps', () => {
    expect(drawn).toHaveLength(1);
    expect(drawn[0]?.match(/M/g)).toHaveLength(2);
  });

  it('is the same whenever it is drawn', () => {
    const answers = recordingOf([[lines, [series('s', always('1'))]]]);
    const one: Dashboard = { ...dashboard, rows: [{ title: 'A row', panels: [lines] }] };
    expect(drawPicture(one, answers)).toBe(drawPicture(one, answers));
  });
});
