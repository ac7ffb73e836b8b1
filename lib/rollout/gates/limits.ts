import type { GrowthGate, LevelGate, RestartsGate } from '../file/gates.ts';
import { type GridSeries, instancesOf } from '../series/grid.ts';
import { fallsOf, type Growth, growthByInstance, presenceOf } from '../series/growth.ts';
import { type Finding, fail, pass, unsure } from '../types.ts';
import { percent } from './compare.ts';
import { believe, type Readings, type Terms, tooFewWindows } from './readings.ts';

const replicasOf = ({ on }: { readonly on: 'server' | 'node' }, terms: Terms): number | null =>
  on === 'server' ? terms.serverReplicas : terms.nodeReplicas;

const HOUR_MS = 3_600_000;

export function judgeGrowth(gate: GrowthGate, readings: Readings, terms: Terms): readonly Finding[] {
  const { metric, witness, mostPerHour } = gate;
  const side = 'canary' as const;
  const replicas = replicasOf(gate, terms);
  const counter = believe(
    readings.counter?.canary,
    {
      name: 'counter',
      side,
      selector: metric,
      replicas: witness ? null : replicas,
      mayBeAbsent: witness !== undefined,
    },
    terms,
  );
  const seen =
    witness === undefined
      ? { series: [], doubts: [] }
      : believe(readings.witness?.canary, { name: 'witness', side, selector: witness, replicas }, terms);
  const found = [...growthByInstance(counter.series, seen.series)].flatMap(([instance, growth]) =>
    judgeOneGrowth(`${metric}, ${instance}`, growth, mostPerHour, terms),
  );
  return [...counter.doubts, ...seen.doubts, ...found];
}

function judgeOneGrowth(what: string, growth: Growth, mostPerHour: number, terms: Terms): readonly Finding[] {
  const known = growth.flatMap((value, window) => (value === null ? [] : [window]));
  const grown = growth.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  const perHour = (grown * HOUR_MS) / (known.length * terms.windowMs);
  const numbers = `grew by ${Number(grown.toPrecision(4))}, ${Number(perHour.toPrecision(3))} an hour; ${mostPerHour} are allowed`;
  if (perHour > mostPerHour) return [fail('above-limit', `${what}: ${numbers}`)];
  return [tooFewWindows(what, known, terms) ?? pass('within-limit', `${what}: ${numbers}`)];
}

export function judgeLevel(gate: LevelGate, readings: Readings, terms: Terms): readonly Finding[] {
  const { metric } = gate;
  const { series, doubts } = believe(
    readings.gauge?.canary,
    { name: 'gauge', side: 'canary', selector: metric, replicas: replicasOf(gate, terms) },
    terms,
  );
  return [...doubts, ...series.map((one) => judgeOneLevel(gate, one, terms))];
}

function judgeOneLevel(
  { metric, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, forShare }: LevelGate,
  { instance, labels, values }: GridSeries,
  terms: Terms,
): Finding {
  const what = `${metric}, ${describeSeries(instance, labels)}`;
  const known = values.filter((value) => value !== null);
  const last = values.at(-1) ?? null;
  if (last === null) return unsure('stale', `${what}: not known at the end`);
  if (!known.every(Number.isFinite)) return unsure('not-a-number', `${what}: some readings are no numbers`);
  const within = (value: number): boolean => value >= least && value <= most;
  const code = last < least ? ('below-limit' as const) : ('above-limit' as const);
  if (!within(last)) return fail(code, `${what}: ${shown(last)} at the end; ${bounds(least, most)}`);
  const few = tooFewWindows(
    what,
    known.slice(1).map((_, at) => at),
    terms,
  );
  if (few !== null) return few;
  const part = known.filter(within).length / known.length;
  const numbers = `${bounds(least, most)} for ${percent(part)} of the time; ${percent(forShare)} are needed`;
  if (part >= forShare) return pass('within-limit', `${what}: ${numbers}`);
  return fail(known.some((value) => value < least) ? 'below-limit' : 'above-limit', `${what}: ${numbers}`);
}

function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function bounds(least: number, most: number): string {
  if (least === Number.NEGATIVE_INFINITY) return `at most ${most}`;
  return most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`;
}

function describeSeries(instance: string, labels: Readonly<Record<string, string>>): string {
  const set = labels.set ?? labels.path ?? labels.controller;
  return set === undefined ? instance : `${instance} ${set}`;
}

const IS_COUNTER = /_(?:total|count|bucket|sum)$/;

export function judgeRestarts(gate: RestartsGate, readings: Readings, terms: Terms): readonly Finding[] {
  const { metric, most } = gate;
  const { series, doubts } = believe(
    readings.gauge?.canary,
    { name: 'gauge', side: 'canary', selector: metric, replicas: replicasOf(gate, terms) },
    terms,
  );
  if (series.length === 0) return doubts;
  const presence = presenceOf(series);
  const events = instancesOf(series).map((instance) => {
    const own = series.filter((one) => one.instance === instance);
    const changes = own.map(({ values }) => (IS_COUNTER.test(metric) ? fallsOf(values) : changesOf(values)));
    // One that was there and has gone was replaced by another name, or by nothing.
    const gone = presence.get(instance)?.at(-1) === false ? 1 : 0;
    return Math.max(...changes) + gone;
  });
  const total = events.reduce((sum, one) => sum + one, 0);
  const known = (series[0]?.values ?? []).flatMap((_, at) =>
    series.some(({ values }) => values[at] !== null) ? [at] : [],
  );
  const numbers = `${total} restarts or replicas that have gone; ${most} are allowed`;
  if (total > most) return [...doubts, fail('restarted', `${metric}: ${numbers}`)];
  return [
    ...doubts,
    tooFewWindows(metric, known.slice(1), terms) ?? pass('within-limit', `${metric}: ${numbers}`),
  ];
}

function changesOf(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null);
  return known.filter((value, index) => index > 0 && value !== known[index - 1]).length;
}
