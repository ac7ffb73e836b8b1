import type { LoadGate, ThroughputGate } from '../file/gates.ts';
import { type Growth, growthByInstance, replicasOf, sumOf } from '../series/growth.ts';
import { jackknife } from '../statistics/jackknife.ts';
import { type Finding, pass, type Side, unsure } from '../types.ts';
import { type Comparison, compare, compareLately, compareReplica, ratio } from './compare.ts';
import { believe, commonWindows, type Readings, type Terms, tooFewWindows } from './readings.ts';

/** What one replica does on average, window by window: a canary of one and a control of twenty are compared as equals. */
interface Rates {
  readonly byInstance: ReadonlyMap<string, Growth>;
  readonly sum: Growth;
  readonly replicas: readonly number[];
}

function ratesOf(byInstance: ReadonlyMap<string, Growth>): Rates {
  return { byInstance, sum: sumOf(byInstance.values()), replicas: replicasOf(byInstance.values()) };
}

function perReplica({ sum, replicas }: Rates, windows: readonly number[]): number {
  let [done, there] = [0, 0];
  for (const window of windows) {
    done += sum[window] ?? 0;
    there += replicas[window] ?? 0;
  }
  return done / there;
}

function read(gate: ThroughputGate | LoadGate, readings: Readings, side: Side, terms: Terms) {
  const replicas = side === 'canary' ? terms.serverReplicas : null;
  const believed = believe(
    readings.counter?.[side],
    { name: 'counter', side, selector: gate.metric, replicas },
    terms,
  );
  return { rates: ratesOf(growthByInstance(believed.series)), doubts: believed.doubts };
}

export function judgeThroughput(
  gate: ThroughputGate,
  readings: Readings,
  terms: Terms,
  hasBaseline: boolean,
): readonly Finding[] {
  const canary = read(gate, readings, 'canary', terms);
  const sides: readonly (readonly [Side, number])[] = [
    ['control', gate.margin],
    ...(hasBaseline ? ([['baseline', gate.baselineMargin]] as const) : []),
  ];
  return [
    ...canary.doubts,
    ...sides.flatMap(([side, margin]) => {
      const other = read(gate, readings, side, terms);
      if (canary.rates.byInstance.size === 0 || other.rates.byInstance.size === 0) return other.doubts;
      return [...other.doubts, ...againstSide(gate, canary.rates, other.rates, side, margin, terms)];
    }),
  ];
}

function againstSide(
  gate: ThroughputGate,
  canary: Rates,
  other: Rates,
  side: Side,
  margin: number,
  terms: Terms,
): readonly Finding[] {
  const what = `${gate.metric} by replica against ${side}`;
  const windows = commonWindows(canary.sum, other.sum);
  const few = tooFewWindows(what, windows, terms);
  if (few !== null) return [few];
  if (!(perReplica(other, windows) > 0)) return [unsure('no-traffic', `${what}: the ${side} does nothing`)];
  if (!(perReplica(canary, windows) > 0)) return [unsure('no-traffic', `${what}: the canary does nothing`)];
  const comparison: Comparison = {
    what: `${what}, how much less`,
    // Less is worse here: the other way round than with latencies.
    logRatio: (kept) => Math.log(perReplica(other, kept) / perReplica(canary, kept)),
    windows,
    margin: margin / (1 - Math.min(margin, 0.99)),
    confidence: terms.confidence,
  };
  const replicas =
    side === 'control'
      ? [...canary.byInstance].map(([instance, growth]) =>
          compareReplica({
            ...comparison,
            what: `${what}, replica ${instance}, how much less`,
            windows: commonWindows(growth, other.sum),
            margin: gate.replicaMargin / (1 - Math.min(gate.replicaMargin, 0.99)),
            logRatio: (kept) =>
              Math.log(perReplica(other, kept) / perReplica(ratesOf(new Map([[instance, growth]])), kept)),
          }),
        )
      : [];
  return [compare(comparison), compareLately(comparison), ...replicas].filter((found) => found !== null);
}

/** What is asked for less than the control says nothing by being fast: that is no failure of its, but no proof either. */
export function judgeLoad(gate: LoadGate, readings: Readings, terms: Terms): readonly Finding[] {
  const canary = read(gate, readings, 'canary', terms);
  const control = read(gate, readings, 'control', terms);
  const doubts = [...canary.doubts, ...control.doubts];
  if (canary.rates.byInstance.size === 0 || control.rates.byInstance.size === 0) return doubts;
  const what = `load (${gate.metric}) by replica against control`;
  const windows = commonWindows(canary.rates.sum, control.rates.sum);
  const few = tooFewWindows(what, windows, terms);
  if (few !== null) return [...doubts, few];
  const asked = perReplica(control.rates, windows);
  if (!(asked > 0)) return [...doubts, unsure('no-traffic', `${what}: nobody asks the control for anything`)];
  const least = Math.log1p(-Math.min(gate.margin, 0.99));
  const each = [['', canary.rates] as const, ...oneByOne(canary.rates)].map(([instance, rates]): Finding => {
    const of = instance === '' ? what : `${what}, replica ${instance}`;
    if (!(perReplica(rates, windows) > 0)) return unsure('no-traffic', `${of}: nobody asks it for anything`);
    const bounded = jackknife(
      (kept) =>
        Math.log(
          perReplica(
            rates,
            kept.map((at) => windows[at] ?? 0),
          ) /
            perReplica(
              control.rates,
              kept.map((at) => windows[at] ?? 0),
            ),
        ),
      windows.length,
      terms.confidence,
    );
    if (bounded === null) return unsure('too-few', `${of}: not defined in every part of the time`);
    // Which replica gets how much is up to chance and to the balancer: of one alone the estimate counts.
    const compared = instance === '' ? bounded.low : bounded.estimate;
    const numbers = `${ratio(bounded.estimate)}, at least ${ratio(bounded.low)}; ${ratio(least)} is needed`;
    return compared < least
      ? unsure('uneven-load', `${of}: ${numbers}`)
      : pass('not-worse', `${of}: ${numbers}`);
  });
  return [...doubts, ...each];
}

function oneByOne({ byInstance }: Rates): readonly (readonly [string, Rates])[] {
  if (byInstance.size < 2) return [];
  return [...byInstance].map(([instance, growth]) => [instance, ratesOf(new Map([[instance, growth]]))]);
}
