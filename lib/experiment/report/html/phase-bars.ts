import { type Html, html } from '../../../html.ts';
import { formatDuration } from '../../../units.ts';
import type { ConditionSummary } from '../../analyse.ts';
import { type Part, partsOf } from '../phases.ts';
import { across, axisTo, xAxis } from './axis.ts';
import { nameOf } from './distribution.ts';
import { drawing } from './figure.ts';

const ROW = 56;
const COLOURS = 8;

/** What the medians are made of, as bars one after the other, and the same as a list. */
export function drawPhases(summaries: readonly ConditionSummary[]): Html {
  const rows = summaries
    .filter(({ trials }) => trials.length > 0)
    .map((summary) => ({ summary, parts: partsOf(summary) }));
  const axis = axisTo(Math.max(0, ...rows.map(({ parts }) => sum(parts))));
  const height = rows.length * ROW;
  // The row with the most parts has them in their order.
  const longest = rows.toSorted((a, b) => b.parts.length - a.parts.length);
  const names = [...new Set(longest.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const colour = (name: string): string => `p${names.indexOf(name) % COLOURS}`;
  const bars = rows.flatMap(({ summary, parts }, at) => {
    let from = 0;
    const top = at * ROW;
    return [
      html`<text class="label" x="0" y="${top + 18}">${nameOf(summary)} <tspan class="value">${formatDuration(sum(parts))}</tspan></text>`,
      ...parts.map(({ name, ms }) => {
        const start = from;
        from += ms;
        return html`<rect class="part ${colour(name)}" x="${across(start / axis.top)}" width="${across(ms / axis.top)}" y="${top + 26}" height="20"><title>${name}: ${formatDuration(ms)}</title></rect>`;
      }),
    ];
  });
  const legend = names.map(
    (name) =>
      html`<li><svg class="swatch" aria-hidden="true"><rect class="${colour(name)}" width="12" height="12" rx="2"/></svg>${name}</li>`,
  );
  const figure = drawing({
    id: 'phases',
    title: 'What the time of each condition is made of',
    description: rows.map(({ summary, parts }) => `${nameOf(summary)}: ${list(parts)}`).join('. '),
    height: height + 24,
    marks: [...xAxis(axis, height, (ms) => formatDuration(ms)), ...bars],
  });
  return html`<ul class="legend">${legend}</ul>${figure}`;
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { ms }) => total + ms, 0);
}

function list(parts: readonly Part[]): string {
  return parts.map(({ name, ms }) => `${name} ${formatDuration(ms)}`).join(', ');
}
