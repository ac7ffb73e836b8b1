import { LineChart } from 'echarts/charts';
import { GraphicComponent, GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { PAPER, QUIET, withSchemes } from '../../../bench/report/schemes.ts';
import type { Dashboard, Panel } from '../model.ts';
import { COLUMNS, type Place, placeRows } from '../place.ts';
import { contentOf } from './content.ts';
import { type Chart, drawChart } from './draw-chart.ts';
import { drawNothing, drawTable, drawValue } from './draw-texts.ts';
import { type Box, FONT, rectangle, textAt } from './elements.ts';
import { DARK, EDGE, SURFACE } from './palette.ts';
import type { Recording } from './recording.ts';

use([LineChart, GridComponent, GraphicComponent, SVGRenderer]);

const WIDTH = 1000;
const MARGIN = 10;
const HEAD = 62;
/** Of one unit of Grafana's rows. */
const UNIT = 30;
const TITLE = 30;

/** A dashboard as SVG: every panel at its place, with what a recording has of it. */
export function drawPicture({ title, description, rows }: Dashboard, recording: Recording): string {
  const placed = placeRows(rows);
  const height = HEAD + Math.max(...placed.map(({ place }) => place.y + place.h)) * UNIT + MARGIN;
  const charts: Chart[] = [];
  const graphic: object[] = [
    textAt(MARGIN + 4, 22, title, { size: 17, weight: 600 }),
    textAt(MARGIN + 4, 45, description, { size: 12, color: QUIET }),
  ];
  for (const one of placed) {
    const box = boxOf(one.place);
    if (one.kind === 'row') {
      graphic.push(textAt(box.x + 1, box.y + box.h / 2 + 2, one.title, { size: 14, weight: 600 }));
      continue;
    }
    graphic.push(rectangle(box, { fill: SURFACE, stroke: EDGE }, 4));
    graphic.push(textAt(box.x + 12, box.y + TITLE / 2 + 1, one.panel.title, { weight: 600 }));
    const inner = { ...box, y: box.y + TITLE, h: box.h - TITLE };
    graphic.push(...drawContent(one.panel, inner, recording, charts));
  }
  return withSchemes(render(height, graphic, charts), title, DARK);
}

function boxOf({ x, y, w, h }: Place): Box {
  const column = (WIDTH - 2 * MARGIN) / COLUMNS;
  return {
    x: Math.round(MARGIN + x * column) + 3,
    y: HEAD + y * UNIT + 3,
    w: Math.round(w * column) - 7,
    h: h * UNIT - 7,
  };
}

function drawContent(panel: Panel, box: Box, recording: Recording, charts: Chart[]): readonly object[] {
  const content = contentOf(panel, recording);
  switch (content.kind) {
    case 'lines': {
      const seconds = recording.end - recording.start;
      const chart = drawChart(panel, content.lines, box, seconds, charts.length);
      charts.push(chart);
      return chart.graphic;
    }
    case 'value':
      return drawValue(panel, content.value, box);
    case 'table':
      return drawTable(content.header, content.rows, box);
    case 'nothing':
      return drawNothing(box);
  }
}

/** All charts in one canvas: in several, the names of their clips would be the same. */
function render(height: number, graphic: readonly object[], charts: readonly Chart[]): string {
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  canvas.setOption({
    animation: false,
    backgroundColor: PAPER,
    textStyle: { fontFamily: FONT },
    graphic,
    grid: charts.map(({ grid }) => grid),
    xAxis: charts.map(({ xAxis }) => xAxis),
    yAxis: charts.map(({ yAxis }) => yAxis),
    series: charts.flatMap(({ series }) => series),
  });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  // A tenth of a pixel is enough, and half the size.
  return svg.replaceAll(/ d="([^"]*)"/g, (_, path: string) => ` d="${tenths(path)}"`);
}

const tenths = (path: string): string =>
  path.replaceAll(/\d+\.\d+/g, (digits) => String(Math.round(Number(digits) * 10) / 10));
