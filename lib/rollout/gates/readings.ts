import { type GridSeries, hasNonNumber, instancesOf } from '../series/grid.ts';
import { presenceOf } from '../series/growth.ts';
import { type Finding, type Side, unsure } from '../types.ts';

/** What Prometheus told of one selector of one side. */
export type Reading =
  | {
      readonly state: 'read';
      readonly series: readonly GridSeries[];
      /** How old each replica's newest sample was at the end, milliseconds. */
      readonly ages: ReadonlyMap<string, number>;
      /** What Prometheus said about an answer that isn't whole. */
      readonly warnings: readonly string[];
    }
  | { readonly state: 'unreadable'; readonly why: string };

/** By what a gate calls them (`buckets`, `requests`), then by side. */
export type Readings = Readonly<Record<string, Readonly<Partial<Record<Side, Reading>>>>>;

/** What all gates share. */
export interface Terms {
  readonly confidence: number;
  readonly windowMs: number;
  readonly leastWindows: number;
  readonly staleAfterMs: number;
  /** How many replicas of the canary there should be; `null` where nobody said. */
  readonly serverReplicas: number | null;
  readonly nodeReplicas: number | null;
}

// A scrape that failed now and then is no reason to doubt the rest.
const MOST_GAPS = 0.1;

export interface Wanted {
  readonly name: string;
  readonly side: Side;
  readonly selector: string;
  readonly replicas?: number | null | undefined;
  /** Whether nothing at all may be a true answer. */
  readonly mayBeAbsent?: boolean | undefined;
}

/** The series of a reading, or everything for which it can't be believed. */
export function believe(
  reading: Reading | undefined,
  { side, selector, replicas = null, mayBeAbsent = false }: Wanted,
  { staleAfterMs }: Terms,
): { readonly series: readonly GridSeries[]; readonly doubts: readonly Finding[] } {
  const about = `${side} ${selector}`;
  if (reading === undefined)
    return { series: [], doubts: [unsure('missing', `${about}: was not asked for`)] };
  if (reading.state === 'unreadable') {
    return { series: [], doubts: [unsure('unreadable', `${about}: ${reading.why}`)] };
  }
  const { series, ages, warnings } = reading;
  const doubts: Finding[] = warnings.map((warning) => unsure('partial-answer', `${about}: ${warning}`));
  if (series.length === 0) {
    if (!mayBeAbsent) doubts.push(unsure('missing', `${about}: there are no such series`));
    return { series, doubts };
  }
  if (hasNonNumber(series)) doubts.push(unsure('not-a-number', `${about}: some readings are no numbers`));
  const past = side === 'baseline' || side === 'control-baseline';
  for (const [instance, age] of past ? [] : ages) {
    if (age > staleAfterMs) {
      doubts.push(
        unsure('stale', `${about}, ${instance}: the newest reading is ${Math.round(age / 1000)} s old`),
      );
    }
  }
  if (replicas !== null && ages.size < replicas) {
    doubts.push(unsure('replicas', `${about}: ${ages.size} of ${replicas} replicas are there now`));
  }
  if (side === 'canary' && !mayBeAbsent) doubts.push(...gapsOf(series, about));
  return { series, doubts };
}

function gapsOf(series: readonly GridSeries[], about: string): readonly Finding[] {
  const presence = presenceOf(series);
  return instancesOf(series).flatMap((instance) => {
    const there = presence.get(instance) ?? [];
    const missing = there.filter((one) => !one).length;
    return missing > MOST_GAPS * there.length
      ? [unsure('gaps', `${about}, ${instance}: nothing is known at ${missing} of ${there.length} times`)]
      : [];
  });
}

/** Windows in which both sides are known. */
export function commonWindows(
  first: readonly (number | null)[],
  second: readonly (number | null)[],
): readonly number[] {
  return first.flatMap((value, at) => (value === null || (second[at] ?? null) === null ? [] : [at]));
}

export function tooFewWindows(
  what: string,
  windows: readonly number[],
  { leastWindows }: Terms,
): Finding | null {
  if (windows.length >= leastWindows) return null;
  return unsure(
    'too-few',
    `${what}: ${windows.length} windows are known of both sides, ${leastWindows} are needed`,
  );
}
