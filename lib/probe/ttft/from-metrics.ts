import { setTimeout as delay } from 'node:timers/promises';
import { WarmsetError } from '../../errors.ts';
import { serverUrl } from './address.ts';
import { type ExpositionSample, parseExposition } from './exposition.ts';
import { getText } from './get-text.ts';
import {
  type CumulativeBucket,
  difference,
  observations,
  type Quantile,
  quantile,
  toSeries,
} from './histogram-quantile.ts';

/** Any server's histogram of the time to first token: `vllm:…`, `sglang:…`, `ray_vllm_…`, `trtllm_…` and others. */
const KNOWN = /(?:^|[:_])time_to_first_token_seconds$/;

export interface TrafficOptions {
  /** The page with the server's metrics. `/metrics` is added where the address has no path. */
  readonly url: string | URL;
  /** How long real requests are counted, milliseconds, 1 to 86,400,000. @default 60000 */
  readonly duringMs?: number | undefined;
  /** The histogram's name without `_bucket`. @default whatever ends with `time_to_first_token_seconds` */
  readonly metric?: string | undefined;
  /** Only series with these labels, such as `{ model_name: 'llama' }`. @default all, summed */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly ca?: string | undefined;
  /** Of each look, milliseconds. @default 10000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The time to first token that users of a server had. */
export interface TrafficTtft {
  /** Histograms that took part. */
  readonly metrics: readonly string[];
  /** Requests that got a first token meanwhile; a fraction where Prometheus extrapolates. */
  readonly requests: number;
  readonly p50: Quantile;
  readonly p95: Quantile;
  readonly p99: Quantile;
  /** Milliseconds; `null` without requests, and where the histogram ends before it. */
  readonly ttftP95Ms: number | null;
  readonly buckets: readonly CumulativeBucket[];
  /** Series that were begun anew meanwhile: what they had counted before is lost. */
  readonly resets: number;
  /** What a Prometheus says about an answer that isn't whole. */
  readonly warnings: readonly string[];
}

/**
 * Reads the time to first token of real requests from a server's own metrics: two looks, and what was counted between
 * them.
 *
 * @throws WarmsetError `WARMSET_PROBE` when the page can't be had or has no such histogram; `WARMSET_BAD_ARGUMENT`; the
 * signal's reason when aborted
 */
export async function probeTtftFromMetrics(options: TrafficOptions): Promise<TrafficTtft> {
  const { duringMs = 60_000, signal } = options;
  if (!(duringMs >= 1 && duringMs <= 86_400_000)) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `duringMs is ${String(duringMs)}.`, {
      subject: 'duringMs',
      remedy: 'Use one from 1 to 86,400,000.',
    });
  }
  const before = await look(options);
  await delay(duringMs, undefined, { signal });
  const after = await look(options);
  // Before the first request of all many servers don't have it yet.
  if (after.length === 0) {
    throw new WarmsetError('WARMSET_PROBE', 'The page has no histogram of the time to first token.', {
      subject: options.metric ?? String(options.url),
      remedy: 'It has one once the first request was answered; name another one with metric.',
    });
  }
  return judgeTraffic(before, after, options);
}

/** What two looks at a page came to. Pure. */
export function judgeTraffic(
  before: readonly ExpositionSample[],
  after: readonly ExpositionSample[],
  { labels = {} }: Pick<TrafficOptions, 'labels'> = {},
): TrafficTtft {
  const wanted = Object.entries(labels);
  const matches = (found: ReadonlyMap<string, string>): boolean =>
    wanted.every(([name, value]) => found.get(name) === value);
  // The name takes part in what tells series apart: a page may have histograms of several servers.
  const named = (samples: readonly ExpositionSample[]) =>
    samples.map((sample) => ({ ...sample, labels: new Map(sample.labels).set('__name__', sample.name) }));
  const { buckets, resets } = difference(toSeries(named(before), matches), toSeries(named(after), matches));
  const metrics = [...new Set(after.flatMap(({ name, labels: found }) => (matches(found) ? name : [])))];
  return trafficOf(buckets, {
    metrics: metrics.map((name) => name.replace(/_bucket$/, '')).sort(),
    resets,
    warnings: [],
  });
}

export function trafficOf(
  buckets: readonly CumulativeBucket[],
  rest: Pick<TrafficTtft, 'metrics' | 'resets' | 'warnings'>,
): TrafficTtft {
  const p95 = quantile(buckets, 0.95);
  return {
    ...rest,
    requests: observations(buckets),
    p50: quantile(buckets, 0.5),
    p95,
    p99: quantile(buckets, 0.99),
    ttftP95Ms: p95.state === 'value' ? p95.seconds * 1000 : null,
    buckets,
  };
}

async function look(options: TrafficOptions): Promise<readonly ExpositionSample[]> {
  const { metric, headers, ca, timeoutMs = 10_000, signal } = options;
  const url = serverUrl(options.url);
  if (url.pathname === '/') url.pathname = '/metrics';
  const got = await getText(url, { headers, ca, timeoutMs, signal });
  if (got.state === 'failed') {
    throw new WarmsetError('WARMSET_PROBE', `The metrics of the server can't be read: ${got.message}.`, {
      subject: url.host,
      remedy: 'Check the address: vLLM has them at /metrics, SGLang only with --enable-metrics.',
    });
  }
  return parseExposition(got.text, (name) => isBucket(name, metric));
}

function isBucket(name: string, metric: string | undefined): boolean {
  if (!name.endsWith('_bucket')) return false;
  const histogram = name.slice(0, -'_bucket'.length);
  return metric === undefined ? KNOWN.test(histogram) : histogram === metric;
}
