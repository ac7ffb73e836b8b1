import { seededRandom } from '../../lib/probe/random.ts';
import type { Grid, RawSeries } from '../../lib/rollout/index.ts';
import { type Gate, parseRollout, type Readings, type Side, type Terms } from '../../lib/rollout/index.ts';
import { layOnGrid } from '../../lib/rollout/series/grid.ts';

export const BOUNDS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, Number.POSITIVE_INFINITY];
export const WINDOW_MS = 60_000;

/** Numbers from a seed. */
export function dice(seed: number) {
  const random = seededRandom(seed);
  const uniform = (): number => (random.below(2 ** 32) + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

export interface Made {
  readonly windows?: number;
  readonly perWindow?: number;
  /** Seconds that one request takes. */
  readonly latency: (window: number, random: ReturnType<typeof dice>) => number;
  readonly instance?: string;
  readonly seed?: number;
}

/** `_bucket` and `_sum` of one replica, as its counters stand at each end. */
export function madeHistogram({ windows = 40, perWindow = 100, latency, instance = 'a', seed = 1 }: Made) {
  const random = dice(seed);
  const counts = BOUNDS.map(() => 1000);
  let sum = 500;
  const rows = BOUNDS.map((_, at) => [counts[at] ?? 0]);
  const sums = [sum];
  for (let window = 0; window < windows; window += 1) {
    for (let request = 0; request < perWindow; request += 1) {
      const seconds = latency(window, random);
      sum += seconds;
      for (const [at, le] of BOUNDS.entries()) if (seconds <= le) counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const [at, row] of rows.entries()) row.push(counts[at] ?? 0);
    sums.push(sum);
  }
  return {
    bucket: BOUNDS.map((le, at) =>
      series(rows[at] ?? [], { instance, le: le === Infinity ? '+Inf' : String(le) }),
    ),
    sum: [series(sums, { instance })],
  };
}

/** A counter or gauge of these values at the ends. */
export function series(
  values: readonly (number | null)[],
  labels: Readonly<Record<string, string>>,
): RawSeries {
  return {
    labels,
    points: values.flatMap((value, at) => (value === null ? [] : [[at * WINDOW_MS, value] as const])),
  };
}

/** A counter that grows by so much in each window. */
export function counter(
  grows: (window: number) => number,
  labels: Readonly<Record<string, string>> = { instance: 'a' },
  windows = 40,
): RawSeries {
  let value = 100;
  return series(
    Array.from({ length: windows + 1 }, (_, at) => {
      if (at > 0) value += grows(at - 1);
      return value;
    }),
    labels,
  );
}

/** A reading as {@link checkStage} makes it of what Prometheus answers. */
export function reading(
  raw: readonly RawSeries[],
  windows = 40,
  ageMs = 10_000,
  warnings: readonly string[] = [],
) {
  const grid: Grid = { startMs: 0, windowMs: WINDOW_MS, windows };
  const laid = layOnGrid(raw, grid, 'instance');
  return {
    state: 'read' as const,
    series: laid,
    ages: new Map(
      laid.filter(({ values }) => values.at(-1) !== null).map(({ instance }) => [instance, ageMs]),
    ),
    warnings,
  };
}

export const TERMS: Terms = {
  confidence: 0.95,
  windowMs: WINDOW_MS,
  leastWindows: 20,
  staleAfterMs: 120_000,
  serverReplicas: null,
  nodeReplicas: null,
};

/** A gate as a file would give it, with its defaults. */
export function gate<K extends Gate['kind']>(kind: K, more: Readonly<Record<string, unknown>> = {}) {
  const metric = { latency: 'ttft', errors: 'errors_total' }[kind as string] ?? 'things_total';
  const written = {
    name: kind,
    kind,
    metric,
    ...(kind === 'errors' ? { requests: 'requests_total' } : {}),
    ...more,
  };
  const file = parseRollout(
    JSON.stringify({
      name: 'r',
      prometheus: { url: 'http://p' },
      canary: { server: { track: 'canary' } },
      control: { server: { track: 'stable' } },
      gates: [written],
      stages: [{ name: 's', actions: [{ use: 'systemd', unit: 'a.service' }] }],
    }),
  );
  return file.gates[0] as Extract<Gate, { kind: K }>;
}

export function histograms(sides: Partial<Record<Side, readonly Made[]>>): Readings {
  const bucket: Record<string, ReturnType<typeof reading>> = {};
  const sum: Record<string, ReturnType<typeof reading>> = {};
  for (const [side, replicas] of Object.entries(sides)) {
    const made = replicas.map(madeHistogram);
    const windows = replicas[0]?.windows ?? 40;
    bucket[side] = reading(
      made.flatMap((one) => one.bucket),
      windows,
    );
    sum[side] = reading(
      made.flatMap((one) => one.sum),
      windows,
    );
  }
  return { bucket, sum };
}
