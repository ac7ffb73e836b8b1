import { WarmsetError } from '../../errors.ts';
import { serverUrl } from './address.ts';
import { parseValue } from './exposition.ts';
import { type TrafficOptions, type TrafficTtft, trafficOf } from './from-metrics.ts';
import { getText } from './get-text.ts';
import { sumBuckets, toSeries } from './histogram-quantile.ts';
import { escapeLabel, prometheusUrl, readPrometheusAnswer } from './prometheus-api.ts';
import { isRecord } from './token-stream.ts';

const ANY_METRIC = '(?:.*[:_])?time_to_first_token_seconds_bucket';

export interface PrometheusTrafficOptions extends Omit<TrafficOptions, 'duringMs'> {
  /** How far back requests count, milliseconds, 1,000 to 31,536,000,000. @default 300000 */
  readonly windowMs?: number | undefined;
}

/**
 * Asks a Prometheus for the time to first token of real requests. It is asked for the buckets and not for a quantile:
 * `histogram_quantile` calls what lies behind the last bucket's bound that bound itself, and nobody could tell.
 *
 * @param options.url of the Prometheus, with the path before `/api` where it has one
 * @throws WarmsetError `WARMSET_PROBE` when it doesn't answer or knows no such histogram; `WARMSET_BAD_ARGUMENT`; the
 * signal's reason when aborted
 */
export async function probeTtftFromPrometheus(options: PrometheusTrafficOptions): Promise<TrafficTtft> {
  const { headers, ca, timeoutMs = 10_000, signal } = options;
  const url = prometheusUrl(serverUrl(options.url), 'query');
  url.searchParams.set('query', bucketQuery(options));
  url.searchParams.set('timeout', `${timeoutMs}ms`);
  const got = await getText(url, { headers, ca, timeoutMs, signal });
  if (got.state === 'failed') throw refusal(url.host, got.message);
  return readAnswer(got.text, url.host);
}

/** The buckets' growth, summed over everything but their bounds and the metric's name. */
export function bucketQuery({ metric, labels = {}, windowMs = 300_000 }: PrometheusTrafficOptions): string {
  if (!(Number.isInteger(windowMs) && windowMs >= 1_000 && windowMs <= 31_536_000_000)) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', `windowMs is ${String(windowMs)}.`, {
      subject: 'windowMs',
      remedy: 'Use an integer from 1,000 to 31,536,000,000.',
    });
  }
  const name =
    metric === undefined ? `__name__=~"${ANY_METRIC}"` : `__name__="${escapeLabel(`${metric}_bucket`)}"`;
  const selectors = Object.entries(labels).map(([label, value]) => {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) {
      throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${JSON.stringify(label)} is no name of a label.`, {
        subject: 'labels',
        remedy: 'Use letters, digits and _, as in model_name.',
      });
    }
    return `${label}="${escapeLabel(value)}"`;
  });
  return `sum by (le) (increase({${[name, ...selectors].join(',')}}[${windowMs}ms]))`;
}

/** Pure reading of an answer of `/api/v1/query`. */
export function readAnswer(text: string, from: string): TrafficTtft {
  const answer = readPrometheusAnswer(text);
  if (answer.state === 'refused') throw refusal(from, answer.why);
  const { result } = answer.data;
  const series = toSeries(Array.isArray(result) ? result.flatMap(toSample) : [], () => true);
  const buckets = sumBuckets(series.values());
  if (buckets.length === 0) throw refusal(from, 'it knows no histogram of the time to first token');
  return trafficOf(buckets, { metrics: [], resets: 0, warnings: answer.warnings });
}

function toSample(entry: unknown): { name: string; labels: ReadonlyMap<string, string>; value: number }[] {
  if (!isRecord(entry) || !isRecord(entry.metric) || !Array.isArray(entry.value)) return [];
  const [le, value] = [entry.metric.le, parseValue(String(entry.value[1]))];
  return typeof le === 'string' && value !== null ? [{ name: '', labels: new Map([['le', le]]), value }] : [];
}

function refusal(subject: string, why: string): WarmsetError {
  return new WarmsetError('WARMSET_PROBE', `Prometheus doesn't tell the time to first token: ${why}.`, {
    subject,
    remedy: 'Check the address, and the metric and labels in its own expression browser.',
  });
}
