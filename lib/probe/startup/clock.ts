/** From the first line of the server to ready. */
import type { LineTimes, Stamp } from './stamps.ts';
import { msBetween } from './stamps.ts';
import type { PhaseSource } from './types.ts';

export interface Span {
  readonly seconds: number;
  readonly source: Exclude<PhaseSource, 'said'>;
}

/**
 * The time between two lines, by the best clock that saw both. Whoever wrapped the output stamps every line, the server
 * itself only some; but a clock that says fractions of a second is better than one that doesn't. Arrival comes last: it
 * says little of a log that was written before.
 */
export function spanBetween(from: LineTimes, to: LineTimes): Span | null {
  const outerIsBetter = to.outer?.fine === true || to.inner?.fine !== true;
  const outer = msBetween(from.outer, to.outer);
  const inner = msBetween(from.inner, to.inner);
  const stamped = outerIsBetter ? (outer ?? inner) : (inner ?? outer);
  if (stamped !== null) return { seconds: stamped / 1000, source: 'stamps' };
  const arrived = msBetween(from.arrival, to.arrival);
  return arrived === null ? null : { seconds: arrived / 1000, source: 'arrival' };
}

/** The same line's times, where a clock that counts since the start of the process says when that was. */
export function fromStart(times: LineTimes): LineTimes {
  const zero: Stamp = { ms: 0, since: 'start' };
  return times.inner?.since === 'start' ? { ...times, outer: null, inner: zero } : times;
}
