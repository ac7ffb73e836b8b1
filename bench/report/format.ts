import { formatDuration } from '../../lib/units.ts';
import type { Spread } from '../statistics.ts';

/** Three significant digits, without an exponent. */
export function plain(number: number): string {
  if (number === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number))));
  return number.toFixed(Math.min(decimals, 5));
}

export const times = (number: number): string => `${plain(number)} ×`;
export const seconds = (number: number): string => formatDuration(number * 1000);

/** The median, and between which quartiles the middle half lies. */
export function withQuartiles(spread: Spread, show: (number: number) => string): string {
  const { median, lowerQuartile, upperQuartile } = spread;
  return `${show(median)} (${show(lowerQuartile)} – ${show(upperQuartile)})`;
}

/** The median, and the least and the most of all. */
export function withRange(spread: Spread | undefined, show: (number: number) => string): string {
  if (!spread) return '–';
  return `${show(spread.median)} (${show(spread.least)} – ${show(spread.most)})`;
}
