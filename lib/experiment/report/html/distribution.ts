import { type Html, html } from '../../../html.ts';
import { formatDuration } from '../../../units.ts';
import type { ConditionSummary } from '../../analyse.ts';
import { across, axisTo, xAxis } from './axis.ts';
import { colourOf, drawing } from './figure.ts';

const ROW = 64;
const DOT = 5;

/** Every trial as a dot over its condition's quartiles and the interval of its median. */
export function drawDistribution(summaries: readonly ConditionSummary[]): Html {
  const shown = summaries.filter(({ total }) => total !== null);
  const axis = axisTo(Math.max(0, ...shown.map(({ total }) => total?.spread.most ?? 0)));
  const height = shown.length * ROW;
  return drawing({
    id: 'distribution',
    title: 'What each trial took, by condition',
    description: shown.map(describe).join('. '),
    height: height + 24,
    marks: [
      ...xAxis(axis, height, (ms) => formatDuration(ms)),
      ...shown.flatMap((summary, at) => drawRow(summary, at * ROW, axis.top)),
    ],
  });
}

export function nameOf({ condition, scheduler }: Pick<ConditionSummary, 'condition' | 'scheduler'>): string {
  return scheduler === null ? condition : `${condition}, ${scheduler}`;
}

function describe(summary: ConditionSummary): string {
  const { total, trials } = summary;
  if (total === null) return '';
  const [least, middle, most] = [total.spread.least, total.spread.median, total.spread.most].map((ms) =>
    formatDuration(ms),
  );
  return `${nameOf(summary)}: ${trials.length} trials from ${least} to ${most}, median ${middle}`;
}

function drawRow(summary: ConditionSummary, top: number, most: number): Html[] {
  const { total, trials, condition } = summary;
  if (total === null) return [];
  const { spread, interval } = total;
  const x = (ms: number): string => across(ms / most);
  const [middle, colour] = [top + 42, colourOf(condition)];
  const box = across((spread.upperQuartile - spread.lowerQuartile) / most);
  return [
    html`<text class="label" x="0" y="${top + 18}">${nameOf(summary)} <tspan class="value">${formatDuration(spread.median)}</tspan></text>`,
    html`<rect class="box ${colour}" x="${x(spread.lowerQuartile)}" width="${box}" y="${middle - 12}" height="24" rx="3"/>`,
    ...(interval === null
      ? []
      : [
          html`<line class="interval ${colour}" x1="${x(interval.low)}" x2="${x(interval.high)}" y1="${middle}" y2="${middle}"/>`,
        ]),
    html`<line class="median" x1="${x(spread.median)}" x2="${x(spread.median)}" y1="${middle - 14}" y2="${middle + 14}"/>`,
    ...trials.map(({ totalMs, index }, at) => {
      // Up and down by turns, so that equal times don't hide each other.
      const y = middle + ((at % 3) - 1) * 6;
      const outlier = spread.outliers.includes(totalMs) ? ' outlier' : '';
      const word = outlier ? ', an outlier' : '';
      return html`<circle class="dot ${colour}${outlier}" cx="${x(totalMs)}" cy="${y}" r="${DOT}"><title>trial ${index + 1}: ${formatDuration(totalMs)}${word}</title></circle>`;
    }),
  ];
}
