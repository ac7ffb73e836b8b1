import { readFile } from 'node:fs/promises';
import { WarmsetError } from '../../errors.ts';
import { serverUrl } from '../../probe/ttft/address.ts';
import { parseValue } from '../../probe/ttft/exposition.ts';
import { getText } from '../../probe/ttft/get-text.ts';
import { prometheusUrl, readPrometheusAnswer } from '../../probe/ttft/prometheus-api.ts';
import { isRecord } from '../../probe/ttft/token-stream.ts';
import type { PrometheusSettings } from '../file/schema.ts';
import { endsOf, type Grid, type RawSeries } from '../series/grid.ts';

/** What a question came to; that it failed is an answer, too. */
export type Asked =
  | {
      readonly state: 'answered';
      readonly series: readonly RawSeries[];
      readonly warnings: readonly string[];
    }
  | { readonly state: 'failed'; readonly why: string };

export type Clock =
  | { readonly state: 'answered'; readonly atMs: number }
  | { readonly state: 'failed'; readonly why: string };

/** A Prometheus, or what speaks its language. It is only read. */
export interface Prometheus {
  /** Its own time, milliseconds since the epoch: samples carry its clock, not ours. */
  now(): Promise<Clock>;
  range(expression: string, grid: Grid): Promise<Asked>;
  /** What an expression is at one time. */
  at(expression: string, atMs: number): Promise<Asked>;
}

export interface ConnectOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws WarmsetError `WARMSET_ROLLOUT` where a token, a password or certificates can't be read. */
export async function connectPrometheus(
  settings: PrometheusSettings,
  { env = process.env, signal }: ConnectOptions = {},
): Promise<Prometheus> {
  const base = serverUrl(settings.url);
  const headers = await authorisation(settings, env);
  const ca = settings.caFile === undefined ? undefined : await secretOf(settings.caFile);
  const ask = async (
    endpoint: 'query' | 'query_range',
    parameters: Readonly<Record<string, string>>,
  ): Promise<Asked> => {
    const url = prometheusUrl(base, endpoint);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    url.searchParams.set('timeout', `${settings.timeout}ms`);
    const got = await getText(url, { headers, ca, timeoutMs: settings.timeout, signal });
    return got.state === 'failed' ? { state: 'failed', why: got.message } : readSeries(got.text);
  };
  return {
    now: async () => {
      const asked = await ask('query', { query: 'vector(time())' });
      const seconds = asked.state === 'answered' ? asked.series[0]?.points[0]?.[1] : undefined;
      if (seconds !== undefined && Number.isFinite(seconds))
        return { state: 'answered', atMs: seconds * 1000 };
      return { state: 'failed', why: asked.state === 'failed' ? asked.why : 'it does not know the time' };
    },
    range: (query, grid) => {
      const ends = endsOf(grid);
      const [start = 0, end = start] = [ends[0], ends.at(-1)];
      return ask('query_range', {
        query,
        start: String(start / 1000),
        end: String(end / 1000),
        step: String(grid.windowMs / 1000),
      });
    },
    at: (query, atMs) => ask('query', { query, time: String(atMs / 1000) }),
  };
}

/** Pure reading of an answer of `query` or `query_range`. */
export function readSeries(text: string): Asked {
  const answer = readPrometheusAnswer(text);
  if (answer.state === 'refused') return { state: 'failed', why: answer.why };
  const { result } = answer.data;
  if (!Array.isArray(result)) return { state: 'failed', why: 'its answer has no result' };
  const series: RawSeries[] = [];
  for (const one of result) {
    const read = readOne(one);
    if (read === null) return { state: 'failed', why: 'its answer has a result that is no series' };
    series.push(read);
  }
  return { state: 'answered', series, warnings: answer.warnings };
}

function readOne(one: unknown): RawSeries | null {
  if (!isRecord(one) || !isRecord(one.metric)) return null;
  const written = Array.isArray(one.values) ? one.values : [one.value];
  const points: (readonly [number, number])[] = [];
  for (const point of written) {
    const value = Array.isArray(point) ? parseValue(String(point[1])) : null;
    if (value === null || typeof point[0] !== 'number') return null;
    points.push([Math.round(point[0] * 1000), value]);
  }
  const labels = Object.entries(one.metric).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { labels: Object.fromEntries(labels), points };
}

async function authorisation(
  { tokenFile, tokenVariable, user, passwordFile, passwordVariable }: PrometheusSettings,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const given = async (file: string | undefined, variable: string | undefined): Promise<string | null> => {
    if (file !== undefined) return (await secretOf(file)).trim();
    if (variable === undefined) return null;
    const value = env[variable];
    if (value !== undefined && value !== '') return value.trim();
    throw new WarmsetError('WARMSET_ROLLOUT', `the environment variable ${variable} is not set`, {
      subject: variable,
      remedy: 'set it to what Prometheus wants to see, or name a file',
    });
  };
  const token = await given(tokenFile, tokenVariable);
  if (token !== null) return { authorization: `Bearer ${oneLine(token)}` };
  const password = await given(passwordFile, passwordVariable);
  if (user === undefined || password === null) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** What isn't a header's value would be refused by Node with the secret in the message. */
function oneLine(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new WarmsetError(
    'WARMSET_ROLLOUT',
    'the token is none: it has blanks, or several lines, or is empty',
    {
      remedy: 'put the token alone into its file or variable',
    },
  );
}

async function secretOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new WarmsetError('WARMSET_ROLLOUT', "the file can't be read", {
      subject: path,
      remedy: 'check the spelling and the permissions',
      cause,
    });
  });
}
