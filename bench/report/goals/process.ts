import { formatBytes } from '../../../lib/units.ts';
import type { Results } from '../../results.ts';
import { growthExponent } from '../../statistics.ts';
import { GIB, type Metric, spread, value, variantsOf, wall } from '../derive.ts';
import { plain, seconds } from '../format.ts';
import { decide, decideBySpread, type Goal, notMeasured } from './goal.ts';

const MIB = 1024 ** 2;
const REWARM = { id: 'already-warm', what: 'Already warm: cost of warm() per GiB', goal: '< 5 ms' };
const LOOP = { id: 'event-loop', what: 'Event-loop delay p99 during a fill', goal: '≤ 2 ms' };
const MEMORY = { id: 'memory', what: 'Peak memory of the CLI', goal: '≤ 80 MiB' };
const GROWTH = { id: 'growth', what: 'Growth of the time with the bytes', goal: 'linear: exponent ≤ 1.1' };
const START = { id: 'start-up', what: 'Start of the CLI', goal: '≤ 1.5 × node -e 0 + 60 ms' };

export function processGoals(results: Results): readonly Goal[] {
  return [rewarm(results), loop(results), memory(results), growth(results), startUp(results)];
}

const callPerGib: Metric = ({ call, bytes }) =>
  call === undefined || bytes === undefined ? undefined : call / (bytes / GIB);

function rewarm({ 'already-warm': result }: Results): Goal {
  const found = result && spread(result, 'warmset-library', callPerGib);
  return decideBySpread(REWARM, found, { atMost: 0.005 }, seconds);
}

function loop({ 'event-loop': result }: Results): Goal {
  const found = result && spread(result, 'warmset-library', value('p99'));
  const idle = result && spread(result, 'idle', value('p99'));
  const note = idle ? `${seconds(idle.median)} without a fill` : '';
  return decideBySpread(LOOP, found, { atMost: 0.002 }, seconds, note);
}

/** The most that any trial took, not the median: memory that isn't there kills. */
function memory({ memory: result }: Results): Goal {
  if (!result) return notMeasured(MEMORY);
  const peaks = variantsOf(result).flatMap((variant) => {
    const found = spread(result, 'warmset', value('peakMemory'), variant);
    return found ? [{ variant, most: found.most }] : [];
  });
  const [highest] = peaks.sort((a, b) => b.most - a.most);
  if (!highest) return notMeasured(MEMORY);
  return decide(
    MEMORY,
    highest.most <= 80 * MIB,
    `at most ${formatBytes(highest.most)} (${highest.variant})`,
  );
}

function growth({ memory: result }: Results): Goal {
  if (!result) return notMeasured(GROWTH);
  const points = growthPoints(result.samples);
  if (new Set(points.map(([bytes]) => bytes)).size < 2) return notMeasured(GROWTH);
  const exponent = growthExponent(points);
  return decide(GROWTH, exponent <= 1.1, `exponent ${plain(exponent)} over ${points.length} trials`);
}

/** Bytes and seconds of the trials over large files; small ones cost by their number. */
export function growthPoints(
  samples: readonly { readonly values: Readonly<Record<string, number>> }[],
): readonly (readonly [number, number])[] {
  return samples.flatMap(({ values: { files, bytes, wall: took } }) =>
    files !== undefined && files <= 2 && bytes !== undefined && took !== undefined
      ? [[bytes, took] as const]
      : [],
  );
}

function startUp({ 'start-up': result }: Results): Goal {
  const node = result && spread(result, 'node', wall);
  const ours = result && spread(result, 'version', wall);
  if (!node || !ours) return notMeasured(START);
  const limit = 1.5 * node.median + 0.06;
  return decide(
    START,
    ours.median <= limit,
    `${seconds(ours.median)} of ${seconds(limit)} (node: ${seconds(node.median)})`,
  );
}
