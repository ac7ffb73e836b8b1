import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { INK, OTHERS, OURS, PAPER, QUIET, withSchemes } from './schemes.ts';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const WIDTH = 920;
const PANEL = 170;
const HEAD = 70;

export interface Line {
  readonly name: string;
  /** Seconds and a value; a value that isn't there breaks the line. */
  readonly points: readonly (readonly [number, number | null])[];
  readonly ours: boolean;
}

/** One above the other, over the same time. */
export interface Panel {
  readonly unit: string;
  readonly logarithmic: boolean;
  readonly lines: readonly Line[];
}

/** Lines over time as SVG. */
export function drawLines(title: string, panels: readonly Panel[], seconds: number): string {
  const height = HEAD + panels.length * PANEL;
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const label = { color: QUIET, fontSize: 12 };
  canvas.setOption({
    animation: false,
    backgroundColor: PAPER,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: { text: title, left: 12, top: 8, textStyle: { color: INK, fontSize: 15, fontWeight: 600 } },
    legend: { top: 32, left: 12, textStyle: { color: INK }, icon: 'roundRect', itemHeight: 3, itemGap: 64 },
    grid: panels.map((_, at) => ({ left: 80, right: 24, top: HEAD + 8 + at * PANEL, height: PANEL - 50 })),
    xAxis: panels.map((_, at) => ({
      gridIndex: at,
      type: 'value',
      min: 0,
      max: seconds,
      name: at === panels.length - 1 ? 'seconds' : '',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: label,
      axisLabel: label,
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ unit, logarithmic }, at) => ({
      gridIndex: at,
      type: logarithmic ? 'log' : 'value',
      name: unit,
      nameLocation: 'middle',
      nameGap: 54,
      nameTextStyle: label,
      axisLabel: label,
      splitLine: { lineStyle: { color: QUIET, opacity: 0.25 } },
    })),
    series: panels.flatMap(({ lines }, at) =>
      lines.map(({ name, points, ours }) => ({
        type: 'line',
        name,
        silent: true,
        showSymbol: false,
        xAxisIndex: at,
        yAxisIndex: at,
        data: points,
        color: ours ? OURS : OTHERS,
        lineStyle: { width: 1.6 },
      })),
    ),
  });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  return withSchemes(svg, title);
}
