import type { ErrorsGate } from '../file/gates.ts';
import { type Growth, growthByInstance } from '../series/growth.ts';
import { normalQuantile } from '../statistics/normal-quantile.ts';
import { shareDifference, wilson } from '../statistics/wilson.ts';
import { type Finding, fail, pass, type Side, unsure } from '../types.ts';
import { percent } from './compare.ts';
import { believe, type Readings, type Terms, tooFewWindows } from './readings.ts';

interface Counted {
  readonly events: number;
  readonly of: number;
}

interface ErrorSide {
  readonly windows: readonly number[];
  readonly errors: ReadonlyMap<string, Growth>;
  readonly requests: ReadonlyMap<string, Growth>;
}

export function judgeErrors(gate: ErrorsGate, readings: Readings, terms: Terms): readonly Finding[] {
  const doubts: Finding[] = [];
  // A server counts its first error when it has one. Whether it counts errors at all, only another name leaves open.
  const mayBeAbsent = gate.absent === 'zero' || gate.metric === gate.requests;
  const read = (side: Side): ErrorSide => {
    const replicas = side === 'canary' ? terms.serverReplicas : null;
    const requests = believe(
      readings.requests?.[side],
      { name: 'requests', side, selector: gate.requests, replicas },
      terms,
    );
    const errors = believe(
      readings.errors?.[side],
      { name: 'errors', side, selector: gate.metric, mayBeAbsent },
      terms,
    );
    doubts.push(...requests.doubts, ...errors.doubts);
    return sideOf(growthByInstance(errors.series, requests.series), growthByInstance(requests.series));
  };
  const canary = read('canary');
  const control = read('control');
  const unreadable = doubts.some(({ code }) => code === 'missing' || code === 'unreadable');
  if (unreadable && !(count(gate, canary, canary.windows).events > 0)) return doubts;
  return [...doubts, ...judge(gate, canary, control, terms)];
}

function sideOf(errors: ReadonlyMap<string, Growth>, requests: ReadonlyMap<string, Growth>): ErrorSide {
  const growths = [...requests.values()];
  const windows = (growths[0] ?? []).flatMap((_, window) =>
    growths.some((growth) => (growth[window] ?? null) !== null) ? [window] : [],
  );
  return { windows, errors, requests };
}

function count(
  { requestsAre }: ErrorsGate,
  { errors, requests }: ErrorSide,
  windows: readonly number[],
  instance?: string,
): Counted {
  const total = (growths: ReadonlyMap<string, Growth>): number =>
    [...growths]
      .filter(([name]) => instance === undefined || name === instance)
      .reduce((sum, [, growth]) => windows.reduce((one, window) => one + (growth[window] ?? 0), sum), 0);
  const events = total(errors);
  return { events, of: total(requests) + (requestsAre === 'successes' ? events : 0) };
}

function judge(gate: ErrorsGate, canary: ErrorSide, control: ErrorSide, terms: Terms): readonly Finding[] {
  const mine = count(gate, canary, canary.windows);
  const theirs = count(gate, control, control.windows);
  const what = `errors (${gate.metric})`;
  if (!(mine.of > 0)) return [unsure('no-traffic', `${what}: the canary had no requests`)];
  if (mine.events > mine.of) {
    return [unsure('contradiction', `${what}: more errors than requests; requestsAre may be successes`)];
  }
  const found = [limit(gate, what, mine, terms), ...replicas(gate, canary, what), lately(gate, canary, what)];
  const few =
    tooFewWindows(what, canary.windows, terms) ??
    (mine.of < gate.leastRequests
      ? unsure('too-few', `${what}: ${Math.round(mine.of)} requests, ${gate.leastRequests} are needed`)
      : null);
  return [...found, few, difference(gate, what, mine, theirs, terms)].filter((one) => one !== null);
}

function limit({ most }: ErrorsGate, what: string, mine: Counted, { confidence }: Terms): Finding {
  const { high } = wilson(mine.events, mine.of, normalQuantile(confidence));
  const share = mine.events / mine.of;
  const numbers = `${percent(share)} of ${Math.round(mine.of)} requests, at most ${percent(high)}; ${percent(most)} are allowed`;
  if (share > most) return fail('above-limit', `${what}: ${numbers}`);
  return high > most
    ? unsure('inconclusive', `${what}: ${numbers}`)
    : pass('within-limit', `${what}: ${numbers}`);
}

function difference(
  { margin }: ErrorsGate,
  what: string,
  mine: Counted,
  theirs: Counted,
  { confidence }: Terms,
): Finding {
  if (!(theirs.of > 0)) return unsure('no-traffic', `${what}: the control had no requests`);
  const { estimate, high } = shareDifference(mine, theirs, normalQuantile(confidence));
  const numbers = `${percent(estimate)} more than the control, at most ${percent(high)}; ${percent(margin)} are allowed`;
  if (estimate > margin) return fail('worse', `${what}: ${numbers}`);
  return high > margin
    ? unsure('inconclusive', `${what}: ${numbers}`)
    : pass('not-worse', `${what}: ${numbers}`);
}

// One-sided 99 %: it is asked of each replica.
const Z = 2.33;

function replicas(gate: ErrorsGate, canary: ErrorSide, what: string): readonly Finding[] {
  if (canary.requests.size < 2) return [];
  return [...canary.requests.keys()].flatMap((instance) => {
    const own = count(gate, canary, canary.windows, instance);
    if (!(own.of > 0)) return [unsure('no-traffic', `${what}, replica ${instance}: had no requests`)];
    if (wilson(own.events, own.of, Z).low <= gate.most) return [];
    return [fail('worse-replica', `${what}, replica ${instance}: ${percent(own.events / own.of)}`)];
  });
}

function lately(gate: ErrorsGate, canary: ErrorSide, what: string): Finding | null {
  const late = canary.windows.slice(Math.floor((canary.windows.length * 2) / 3));
  const own = count(gate, canary, late);
  if (!(own.of > 0)) return unsure('no-traffic', `${what}: no requests in the last ${late.length} windows`);
  if (wilson(own.events, own.of, Z).low <= gate.most) return null;
  return fail('worse-lately', `${what}: ${percent(own.events / own.of)} in the last ${late.length} windows`);
}
