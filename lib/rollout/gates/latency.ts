import type { LatencyGate } from '../file/gates.ts';
import {
  type Latencies,
  latenciesOf,
  pool,
  requestsIn,
  type Statistic,
  statisticOf,
} from '../series/latencies.ts';
import { type Finding, fail, type Side, unsure } from '../types.ts';
import { type Comparison, compare, compareLately, compareReplica, percent, ratio } from './compare.ts';
import { believe, commonWindows, type Readings, type Terms, tooFewWindows } from './readings.ts';
import { compareTails } from './tail.ts';

/** One side's replicas, and how many requests each window of them has. */
export interface LatencySide {
  readonly side: Side;
  readonly replicas: readonly Latencies[];
  readonly requests: readonly (number | null)[];
}

export function judgeLatency(
  gate: LatencyGate,
  readings: Readings,
  terms: Terms,
  hasBaseline: boolean,
): readonly Finding[] {
  const doubts: Finding[] = [];
  const read = (side: Side): LatencySide => {
    const replicas = side === 'canary' ? terms.serverReplicas : null;
    const [buckets, sums] = (['bucket', 'sum'] as const).map((name) => {
      const selector = `${gate.metric}_${name}`;
      const believed = believe(readings[name]?.[side], { name, side, selector, replicas }, terms);
      doubts.push(...believed.doubts);
      return believed.series;
    });
    return sideOf(side, latenciesOf(buckets ?? [], sums ?? []));
  };
  const canary = read('canary');
  const control = read('control');
  const baseline = hasBaseline ? read('baseline') : null;
  const controlBaseline = hasBaseline ? read('control-baseline') : null;
  if (canary.replicas.length === 0) return doubts;
  return [
    ...doubts,
    ...ceiling(gate, canary),
    ...(control.replicas.length === 0 ? [] : against(gate, canary, control, gate.margin, terms)),
    ...(control.replicas.length === 0 ? [] : eachReplica(gate, canary, control, terms)),
    ...(baseline === null || baseline.replicas.length === 0
      ? []
      : against(gate, canary, baseline, gate.baselineMargin, terms)),
    ...(controlBaseline === null ? [] : controlItself(gate, control, controlBaseline)),
  ];
}

function sideOf(side: Side, replicas: readonly Latencies[]): LatencySide {
  const windows = replicas[0]?.counts[0]?.length ?? 0;
  const requests = Array.from({ length: windows }, (_, window) => {
    const known = replicas.map((one) => requestsIn(one, window)).filter((one) => one !== null);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  });
  return { side, replicas, requests };
}

const everyWindow = ({ requests }: LatencySide): readonly number[] => commonWindows(requests, requests);

function logRatio(
  first: readonly Latencies[],
  second: readonly Latencies[],
  statistic: Statistic,
): (windows: readonly number[]) => number {
  return (windows) =>
    Math.log(statisticOf(pool(first, windows), statistic) / statisticOf(pool(second, windows), statistic));
}

function nameOf(gate: LatencyGate, statistic: Statistic, side: Side): string {
  const which = statistic === 'mean' ? 'mean' : `p${Number((statistic * 100).toPrecision(4))}`;
  return `${gate.metric} ${which} against ${side}`;
}

function against(
  gate: LatencyGate,
  canary: LatencySide,
  other: LatencySide,
  margin: number,
  terms: Terms,
): readonly Finding[] {
  const windows = commonWindows(canary.requests, other.requests);
  const what = `${gate.metric} against ${other.side}`;
  const few = tooFewWindows(what, windows, terms) ?? tooFewRequests(gate, what, [canary, other], windows);
  if (few !== null) return [few];
  const statistics: readonly (readonly [Statistic, number])[] = [
    ['mean', margin],
    ...gate.quantiles.map((quantile) => [quantile, margin] as const),
    [gate.tailQuantile, Math.max(margin, gate.tailMargin)],
  ];
  const found = statistics.flatMap(([statistic, allowed]) => {
    const beyond = beyondBuckets(gate, canary, other, statistic, windows);
    if (beyond !== null) return [beyond];
    const comparison: Comparison = {
      what: nameOf(gate, statistic, other.side),
      logRatio: logRatio(canary.replicas, other.replicas, statistic),
      windows,
      margin: allowed,
      confidence: terms.confidence,
    };
    return [compare(comparison), other.side === 'control' ? compareLately(comparison) : null];
  });
  const tail =
    other.side === 'control'
      ? compareTails(gate.metric, pool(canary.replicas, windows), pool(other.replicas, windows))
      : null;
  return [...found, tail].filter((one) => one !== null);
}

function tooFewRequests(
  { leastRequests }: LatencyGate,
  what: string,
  sides: readonly LatencySide[],
  windows: readonly number[],
): Finding | null {
  for (const { side, replicas } of sides) {
    const { requests } = pool(replicas, windows);
    if (!(requests > 0)) return unsure('no-traffic', `${what}: the ${side} had no requests`);
    if (requests < leastRequests) {
      return unsure(
        'too-few',
        `${what}: the ${side} had ${Math.round(requests)} requests, ${leastRequests} are needed`,
      );
    }
  }
  return null;
}

/** What lies behind the last bound has no number: to take the bound for it would call a canary that hangs as fast. */
function beyondBuckets(
  gate: LatencyGate,
  canary: LatencySide,
  other: LatencySide,
  statistic: Statistic,
  windows: readonly number[],
): Finding | null {
  const [mine, theirs] = [canary, other].map(({ replicas }) =>
    statisticOf(pool(replicas, windows), statistic),
  );
  if (mine !== Number.POSITIVE_INFINITY && theirs !== Number.POSITIVE_INFINITY) return null;
  const what = `${nameOf(gate, statistic, other.side)}: longer than the last bucket of the`;
  return mine === Number.POSITIVE_INFINITY && theirs !== Number.POSITIVE_INFINITY
    ? fail('beyond-buckets', `${what} canary`)
    : unsure('beyond-buckets', `${what} ${other.side}`);
}

/** All replicas together hide one that is bad. */
function eachReplica(
  gate: LatencyGate,
  canary: LatencySide,
  control: LatencySide,
  { confidence }: Terms,
): readonly Finding[] {
  if (canary.replicas.length < 2) return [];
  const fair = pool(canary.replicas, everyWindow(canary)).requests / canary.replicas.length;
  return canary.replicas.flatMap((replica) => {
    const what = `${gate.metric}, replica ${replica.instance}`;
    const own = sideOf('canary', [replica]);
    const windows = commonWindows(own.requests, control.requests);
    const { requests } = pool([replica], windows);
    if (!(requests > 0)) return [unsure('no-traffic', `${what}: had no requests`)];
    if (requests < fair / 10) {
      return [
        unsure('uneven-load', `${what}: had ${Math.round(requests)} requests, a tenth of its share at most`),
      ];
    }
    const highest = Math.max(...gate.quantiles);
    return (['mean', highest] as const).flatMap((statistic) => {
      const beyond = beyondBuckets(gate, own, control, statistic, windows);
      if (beyond !== null) return [{ ...beyond, message: `replica ${replica.instance}: ${beyond.message}` }];
      const found = compareReplica({
        what: `replica ${replica.instance}: ${nameOf(gate, statistic, 'control')}`,
        logRatio: logRatio([replica], control.replicas, statistic),
        windows,
        margin: gate.replicaMargin,
        confidence,
      });
      return found === null ? [] : [found];
    });
  });
}

function ceiling({ metric, quantiles, most }: LatencyGate, canary: LatencySide): readonly Finding[] {
  if (most === undefined) return [];
  const highest = Math.max(...quantiles);
  const seconds = statisticOf(pool(canary.replicas, everyWindow(canary)), highest);
  if (!(seconds * 1000 > most)) return [];
  return [
    fail('above-limit', `${metric} p${highest * 100}: ${seconds.toFixed(3)} s, ${most / 1000} s are allowed`),
  ];
}

/** Not to be worse than a control that is ill itself proves nothing. */
function controlItself(
  { metric, quantiles, baselineMargin }: LatencyGate,
  control: LatencySide,
  before: LatencySide,
): readonly Finding[] {
  if (control.replicas.length === 0 || before.replicas.length === 0) return [];
  const log = Math.log(
    statisticOf(pool(control.replicas, everyWindow(control)), Math.max(...quantiles)) /
      statisticOf(pool(before.replicas, everyWindow(before)), Math.max(...quantiles)),
  );
  // Twice the canary's own margin: it is doubted only where it is plainly not itself.
  if (!(log > Math.log1p(2 * baselineMargin))) return [];
  const much = `${ratio(log)} of its baseline (${percent(1 + 2 * baselineMargin)} are allowed)`;
  return [unsure('control-degraded', `${metric}: the control itself is at ${much}`)];
}
