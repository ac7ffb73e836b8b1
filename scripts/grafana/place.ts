import type { Panel, Row } from './model.ts';

/** In Grafana's units: 24 columns, and rows of 30 pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type Placed =
  | { readonly kind: 'row'; readonly title: string; readonly place: Place }
  | { readonly kind: 'panel'; readonly panel: Panel; readonly place: Place };

export const COLUMNS = 24;
const ROW_HEIGHT = 1;
const HEIGHT: Readonly<Record<Panel['kind'], number>> = { stat: 4, timeseries: 8, table: 8 };

/** Panels from left to right, and below one another where a row is full. */
export function placeRows(rows: readonly Row[]): readonly Placed[] {
  const placed: Placed[] = [];
  let y = 0;
  for (const row of rows) {
    placed.push({ kind: 'row', title: row.title, place: { x: 0, y, w: COLUMNS, h: ROW_HEIGHT } });
    y += ROW_HEIGHT;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) {
        y += height;
        x = 0;
        height = 0;
      }
      const h = HEIGHT[panel.kind];
      placed.push({ kind: 'panel', panel, place: { x, y, w: panel.width, h } });
      x += panel.width;
      height = Math.max(height, h);
    }
    y += height;
  }
  return placed;
}
