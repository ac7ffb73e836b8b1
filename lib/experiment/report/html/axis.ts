import { type Html, html } from '../../../html.ts';

/** A scale from 0 to a round number, in as many steps as fit on a phone. */
export interface Axis {
  readonly top: number;
  readonly ticks: readonly number[];
}

const STEPS = 4;

/** Round steps of 1, 2, 2.5 or 5 times a power of `base`, reaching `most`. */
export function axisTo(most: number, base: 10 | 2 = 10): Axis {
  if (!(most > 0) || !Number.isFinite(most)) return { top: 1, ticks: [0] };
  const step = base === 2 ? 2 ** Math.ceil(Math.log2(most / STEPS)) : roundStep(most / STEPS);
  const count = Math.ceil(most / step - 1e-9);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, at) => at * step) };
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Places across are shares of the width: the charts get wider and narrower, their letters and dots don't. */
export function across(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(3)}%`;
}

/** The marks along the bottom, with a line up through the chart at each. */
export function xAxis({ top, ticks }: Axis, height: number, show: (value: number) => string): Html[] {
  return ticks.map((tick) => {
    const x = across(tick / top);
    // The outermost labels would else hang over the edge.
    const anchor = tick === 0 ? 'start' : tick === top ? 'end' : 'middle';
    return html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${height}"/><text class="tick" x="${x}" y="${height + 16}" text-anchor="${anchor}">${show(tick)}</text>`;
  });
}
