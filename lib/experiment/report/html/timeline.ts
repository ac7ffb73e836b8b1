import { type Html, html } from '../../../html.ts';
import { formatBytes, formatDuration } from '../../../units.ts';
import type { ConditionSummary } from '../../analyse.ts';
import type { DoneTrial } from '../../types.ts';
import { across, axisTo, xAxis } from './axis.ts';
import { nameOf } from './distribution.ts';
import { colourOf, drawing } from './figure.ts';

const PANEL = 110;
const HEAD = 26;
const PLOT = PANEL - HEAD - 10;

/** The trial of each condition that is nearest to its median: what was in memory, and what came from the device. */
export function drawTimelines(summaries: readonly ConditionSummary[], setBytes: number): Html {
  const shown = summaries.flatMap((summary) => {
    const trial = typical(summary);
    return trial === null || trial.timeline.length < 2 ? [] : [{ summary, trial }];
  });
  const axis = axisTo(Math.max(0, ...shown.map(({ trial }) => trial.timeline.at(-1)?.ms ?? 0)));
  const most = Math.max(
    setBytes,
    ...shown.flatMap(({ trial }) => trial.timeline.map(({ deviceBytes }) => deviceBytes ?? 0)),
  );
  const height = shown.length * PANEL;
  return drawing({
    id: 'timeline',
    title: 'What was in memory, and what was read from the device, over a typical trial of each condition',
    description: shown.map(describe).join('. '),
    height: height + 24,
    marks: [
      ...xAxis(axis, height, (ms) => formatDuration(ms)),
      ...shown.flatMap(({ summary, trial }, at) => drawPanel(summary, trial, at * PANEL, axis.top, most)),
    ],
  });
}

function typical({ trials, total }: ConditionSummary): DoneTrial | null {
  const distance = ({ totalMs }: DoneTrial): number => Math.abs(totalMs - (total?.spread.median ?? 0));
  return trials.toSorted((a, b) => distance(a) - distance(b))[0] ?? null;
}

function describe({ summary, trial }: { summary: ConditionSummary; trial: DoneTrial }): string {
  const last = trial.timeline.at(-1);
  const [first] = trial.timeline;
  const bytes = (value: number | null | undefined): string => formatBytes(value ?? Number.NaN);
  return `${nameOf(summary)}: ${bytes(first?.residentBytes)} in memory at first, ${bytes(last?.residentBytes)} at the end; ${bytes(last?.deviceBytes)} read from the device`;
}

function drawPanel(
  summary: ConditionSummary,
  trial: DoneTrial,
  top: number,
  mostMs: number,
  mostBytes: number,
): Html[] {
  const { timeline, preparationMs, index } = trial;
  const read = timeline.at(-1)?.deviceBytes ?? null;
  const lines = [
    ['resident', timeline.map(({ ms, residentBytes }) => [ms, residentBytes] as const)],
    ['device', timeline.map(({ ms, deviceBytes }) => [ms, deviceBytes] as const)],
  ] as const;
  const said = read === null ? '' : `, ${formatBytes(read)} read`;
  const bottom = top + HEAD + PLOT;
  return [
    html`<text class="label" x="0" y="${top + 18}">${nameOf(summary)} <tspan class="dim">trial ${index + 1}${said}</tspan></text>`,
    // Stretched to its place; lines keep their width by vector-effect.
    html`<svg x="0" y="${top + HEAD}" width="100%" height="${PLOT}" viewBox="0 0 1000 100" preserveAspectRatio="none">${lines.map(
      ([kind, points]) => {
        const path = pathOf(points, mostMs, mostBytes);
        return kind === 'resident'
          ? html`<path class="area ${colourOf(summary.condition)}" d="${path.area}"/>`
          : html`<path class="device" d="${path.line}"/>`;
      },
    )}</svg>`,
    html`<line class="floor" x1="0" x2="100%" y1="${bottom}" y2="${bottom}"/>`,
    ...(preparationMs === null
      ? []
      : [
          html`<line class="mark" x1="${across(preparationMs / mostMs)}" x2="${across(preparationMs / mostMs)}" y1="${top + HEAD}" y2="${bottom}"><title>the reader starts: ${formatDuration(preparationMs)}</title></line>`,
        ]),
  ];
}

/** Unknown points are left out, and the line goes straight over them. */
function pathOf(
  points: readonly (readonly [ms: number, bytes: number | null])[],
  mostMs: number,
  mostBytes: number,
): { readonly line: string; readonly area: string } {
  const places = points.flatMap(([ms, bytes]) =>
    bytes === null
      ? []
      : [`${((ms / mostMs) * 1000).toFixed(1)} ${(100 - (bytes / mostBytes) * 100).toFixed(2)}`],
  );
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return { line: '', area: '' };
  const line = `M${places.join('L')}`;
  return { line, area: `${line}L${last.split(' ')[0]} 100L${first.split(' ')[0]} 100Z` };
}
