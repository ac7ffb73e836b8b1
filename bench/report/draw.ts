import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Bar, Chart } from './charts.ts';
import { plain } from './format.ts';
import { INK, OTHERS, OURS, PAPER, QUIET, withSchemes } from './schemes.ts';

use([BarChart, CustomChart, GridComponent, TitleComponent, SVGRenderer]);

const WIDTH = 920;
const BAR_HEIGHT = 26;
const FRAME = 110;

/** A chart as SVG: bars of medians, and lines from the least to the most. */
export function draw(chart: Chart): string {
  const { title, unit, bars, logarithmic } = chart;
  const height = FRAME + bars.length * BAR_HEIGHT;
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const axis = { axisLabel: { color: QUIET }, axisLine: { lineStyle: { color: QUIET } } };
  canvas.setOption({
    animation: false,
    backgroundColor: PAPER,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: {
      text: title,
      subtext: `${unit}, median; the line goes from the least to the most${logarithmic ? '; logarithmic' : ''}`,
      left: 12,
      top: 8,
      textStyle: { color: INK, fontSize: 15, fontWeight: 600 },
      subtextStyle: { color: QUIET, fontSize: 12 },
    },
    grid: { left: 350, right: 80, top: 66, bottom: 34 },
    xAxis: {
      ...axis,
      type: logarithmic ? 'log' : 'value',
      splitLine: { lineStyle: { color: QUIET, opacity: 0.25 } },
    },
    yAxis: {
      ...axis,
      type: 'category',
      inverse: true,
      data: bars.map(({ label }) => label),
      axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 12, width: 325, overflow: 'truncate' },
    },
    series: [medians(bars), ranges(bars)],
  });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  return withSchemes(svg, title);
}

function medians(bars: readonly Bar[]): object {
  return {
    type: 'bar',
    silent: true,
    barWidth: 14,
    data: bars.map(({ spread: { median }, ours }) => ({
      value: median,
      itemStyle: { color: ours ? OURS : OTHERS },
    })),
  };
}

interface DrawingApi {
  value(dimension: number): number;
  coord(point: readonly number[]): readonly [number, number];
}

function ranges(bars: readonly Bar[]): object {
  return {
    type: 'custom',
    silent: true,
    data: bars.map(({ spread: { least, most } }, index) => [index, least, most]),
    encode: { x: [1, 2], y: 0 },
    z: 10,
    renderItem: (params: { readonly dataIndex: number }, api: DrawingApi) => {
      const row = api.value(0);
      const [from, y] = api.coord([api.value(1), row]);
      const [to] = api.coord([api.value(2), row]);
      const stroke = (x1: number, y1: number, x2: number, y2: number): object => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: INK, lineWidth: 1.5 },
      });
      const median = bars[params.dataIndex]?.spread.median ?? 0;
      return {
        type: 'group',
        children: [
          stroke(from, y, to, y),
          stroke(from, y - 4, from, y + 4),
          stroke(to, y - 4, to, y + 4),
          {
            type: 'text',
            style: { text: plain(median), x: to + 8, y, fill: INK, fontSize: 12, verticalAlign: 'middle' },
          },
        ],
      };
    },
  };
}
