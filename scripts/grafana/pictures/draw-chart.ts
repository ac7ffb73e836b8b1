import { QUIET } from '../../../bench/report/schemes.ts';
import type { Panel } from '../model.ts';
import type { Line } from './content.ts';
import { type Box, rectangle, textAt } from './elements.ts';
import { type Legend, layLegend, MARK } from './legend.ts';
import { seriesColor } from './palette.ts';
import { type Axis, axisOf, tickText } from './scale.ts';

/** One chart among others in the same picture, as ECharts takes them. */
export interface Chart {
  readonly grid: object;
  readonly xAxis: object;
  readonly yAxis: object;
  readonly series: readonly object[];
  readonly graphic: readonly object[];
}

const LABELS = 74;
const TIMES = 24;
const LEGEND_LINE = 17;
const MOST_LEGEND_LINES = 5;

/** Lines over time, and what they are called below. @param index of the chart in its picture */
export function drawChart(
  panel: Panel,
  lines: readonly Line[],
  box: Box,
  seconds: number,
  index: number,
): Chart {
  const axis = axisOfLines(panel, lines);
  const left = box.x + LABELS;
  const width = box.w - LABELS - 16;
  const legend = layLegend(
    lines.map(({ name }) => name),
    box.w - 24,
    MOST_LEGEND_LINES,
  );
  const height = box.h - 10 - TIMES - legend.rows * LEGEND_LINE;
  const label = { color: QUIET, fontSize: 11 };
  return {
    grid: { left, top: box.y + 4, width, height },
    xAxis: {
      gridIndex: index,
      type: 'value',
      min: 0,
      max: seconds,
      interval: seconds > 60 * (width / 100) ? 60 : 30,
      axisLabel: { ...label, formatter: clock },
      axisLine: { lineStyle: { color: QUIET, opacity: 0.5 } },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      gridIndex: index,
      type: 'value',
      min: axis.min,
      max: axis.max,
      interval: axis.step,
      axisLabel: { ...label, formatter: (value: number) => tickText(panel.unit, value, axis) },
      splitLine: { lineStyle: { color: QUIET, opacity: 0.2 } },
    },
    series: lines.map(({ points }, at) => ({
      type: 'line',
      silent: true,
      showSymbol: false,
      connectNulls: false,
      xAxisIndex: index,
      yAxisIndex: index,
      data: points,
      color: seriesColor(at),
      // Areas without lines: that of an area of nothing would lie on the others' edge, and look like all of it.
      ...(panel.stacked === true
        ? { stack: `panel ${index}`, lineStyle: { width: 0 }, areaStyle: { opacity: 0.6 } }
        : { lineStyle: { width: 1.6 } }),
    })),
    graphic: drawLegend(legend, box.x + 12, box.y + box.h - legend.rows * LEGEND_LINE - 4),
  };
}

function drawLegend({ entries }: Legend, x: number, top: number): readonly object[] {
  return entries.flatMap(({ text, index, x: at, row }) => {
    const y = top + (row + 0.5) * LEGEND_LINE;
    if (index === null) return [textAt(x + at, y, text, { size: 11, color: QUIET })];
    return [
      rectangle({ x: x + at, y: y - 1.5, w: 11, h: 3 }, { fill: seriesColor(index) }),
      textAt(x + at + MARK, y, text, { size: 11 }),
    ];
  });
}

/** Where the values of a panel lie; of areas on one another, where their sums do. */
export function axisOfLines({ unit, min, max, stacked }: Panel, lines: readonly Line[]): Axis {
  const values =
    stacked === true
      ? sums(lines)
      : lines.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])));
  return axisOf(unit, Math.min(...values), Math.max(...values), { min, max });
}

function sums(lines: readonly Line[]): readonly number[] {
  const byTime = new Map<number, number>();
  for (const { points } of lines)
    for (const [time, value] of points) byTime.set(time, (byTime.get(time) ?? 0) + (value ?? 0));
  return [...byTime.values()];
}

/** Minutes and seconds since the beginning. */
export const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
