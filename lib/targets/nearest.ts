import { closest } from '../closest.ts';

/** How many names are worth reading in an error. */
const MOST = 3;

/** The names that were probably meant: a slip or two away, or holding what was written. Pure. */
export function nearest(name: string, among: readonly string[]): readonly string[] {
  const slip = closest(name, among);
  const lower = name.toLowerCase();
  const last = lower.slice(lower.lastIndexOf('/') + 1);
  const holding = [lower, last].flatMap((part) =>
    part === '' ? [] : among.filter((other) => other.toLowerCase().includes(part)),
  );
  return [...new Set([...(slip === undefined ? [] : [slip]), ...holding])].slice(0, MOST);
}

/** A remedy that names them; the other one where there are none. Pure. */
export function didYouMean(prefix: string, names: readonly string[], otherwise: string): string {
  return names.length > 0
    ? `Did you mean ${names.map((name) => `${prefix}${name}`).join(' or ')}? If not: ${otherwise.charAt(0).toLowerCase()}${otherwise.slice(1)}`
    : otherwise;
}
