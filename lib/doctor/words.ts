import { formatCount } from '../units.ts';

const MOST_LISTED = 5;

/** `1 file`, `2 files`, `1,000 files`. */
export function count(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first few of them; evidence must stay readable when ten thousand files share a fate. */
export function list(items: readonly string[], separator = '; '): string {
  const shown = items.slice(0, MOST_LISTED).join(separator);
  const more = items.length - MOST_LISTED;
  return more > 0 ? `${shown}${separator}and ${formatCount(more)} more` : shown;
}
