import { expect, it } from 'vitest';
import { placeRows } from '../../../scripts/grafana/place.ts';

const panel = (kind: 'stat' | 'timeseries', width: number) =>
  ({ kind, title: '', description: '', unit: 'short', width, queries: [] }) as const;

it('panels go from left to right, and below one another where a row is full', () => {
  const placed = placeRows([
    { title: 'One', panels: [panel('stat', 12), panel('timeseries', 12), panel('stat', 8)] },
    { title: 'Two', panels: [panel('timeseries', 24)] },
  ]);
  expect(placed.map(({ kind, place: { x, y, w, h } }) => [kind, x, y, w, h])).toEqual([
    ['row', 0, 0, 24, 1],
    ['panel', 0, 1, 12, 4],
    ['panel', 12, 1, 12, 8],
    ['panel', 0, 9, 8, 4],
    ['row', 0, 13, 24, 1],
    ['panel', 0, 14, 24, 8],
  ]);
});
