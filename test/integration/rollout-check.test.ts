import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseRollout } from '../../lib/rollout/index.ts';
import { queriesOf } from '../../scripts/rollout/queries.ts';
import { describeWith, prometheus } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json } from '../support/cli.ts';
import { type LivePrometheus, query, startPrometheus } from '../support/prometheus.ts';
import { type Made, madeHistogram, WINDOW_MS } from '../support/rollout-series.ts';
import { mustRun } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

const WINDOWS = 60;
const usual: Made['latency'] = (_, { normal }) => 0.4 * Math.exp(0.4 * normal());

/** What one server counts, as OpenMetrics with time stamps. */
function backfill(
  track: string,
  instance: string,
  latency: Made['latency'],
  endMs: number,
  until = WINDOWS,
): string[] {
  const { bucket, sum } = madeHistogram({
    windows: WINDOWS,
    perWindow: 150,
    latency,
    seed: instance.length + track.length,
  });
  const labels = `track="${track}",instance="${instance}"`;
  const stamp = (atMs: number): string => ((endMs - WINDOWS * WINDOW_MS + atMs) / 1000).toFixed(0);
  const points = (name: string, more: string, one: (typeof sum)[number] | undefined): string[] =>
    (one?.points ?? [])
      .filter(([atMs]) => atMs <= until * WINDOW_MS)
      .map(([atMs, value]) => `${name}{${labels}${more}} ${value} ${stamp(atMs)}`);
  return [
    ...bucket.flatMap((one) => points('ttft_seconds_bucket', `,le="${one.labels.le}"`, one)),
    ...points('ttft_seconds_sum', '', sum[0]),
    ...points('ttft_seconds_count', '', bucket.at(-1)),
  ];
}

function rollout(port: number, canary: string, more: object = {}): string {
  return JSON.stringify({
    name: 'warm',
    prometheus: { url: `http://127.0.0.1:${port}`, timeout: '5s' },
    during: '50m',
    staleAfter: '4m',
    baseline: false,
    canary: { server: { track: canary } },
    control: { server: { track: 'stable' } },
    gates: [
      { name: 'ttft', kind: 'latency', metric: 'ttft_seconds' },
      { name: 'load', kind: 'load', metric: 'ttft_seconds_count' },
    ],
    stages: [{ name: 'first', actions: [{ use: 'systemd', unit: 'warmset-keep@vllm.service' }] }],
    ...more,
  });
}

describeWith([prometheus], 'with a Prometheus that has the series of an hour', () => {
  let directory: TemporaryDirectory;
  let live: LivePrometheus;

  beforeAll(async () => {
    directory = await temporaryDirectory('rollout-check');
    // What lies in the future is there already when the tests look.
    const end = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS + 3 * WINDOW_MS;
    const lines = [
      ...['x', 'y'].flatMap((name) => backfill('stable', name, usual, end)),
      ...backfill('good', 'a', usual, end),
      ...backfill('slow', 'b', (window, random) => 1.5 * usual(window, random), end),
      ...backfill('dead', 'c', usual, end, WINDOWS - 20),
    ];
    const types = ['ttft_seconds_bucket', 'ttft_seconds_count', 'ttft_seconds_sum'];
    const text = types.flatMap((name) => [
      `# TYPE ${name} unknown`,
      ...lines.filter((line) => line.startsWith(`${name}{`)),
    ]);
    await writeFile(directory.file('series.om'), `${text.join('\n')}\n# EOF\n`);
    await mustRun('promtool', [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      directory.file('series.om'),
      directory.file('data'),
    ]);
    live = await startPrometheus(directory, {});
    await vi.waitFor(
      async () => expect((await fetch(`http://127.0.0.1:${live.port}/-/ready`)).status).toBe(200),
      { timeout: 20_000, interval: 200 },
    );
  }, 60_000);
  afterAll(async () => {
    await live?.[Symbol.asyncDispose]();
    await directory?.[Symbol.asyncDispose]();
  });

  const check = async (canary: string, more: object = {}, words: readonly string[] = ['--json']) => {
    const file = directory.file(`${canary}.yaml`);
    await writeFile(file, rollout(live.port, canary, more));
    return cli(['rollout', 'check', '--stage', 'first', '--state', directory.file('state'), ...words, file]);
  };

  it('a canary that is as good passes', async () => {
    const result = await check('good');
    expect(result.stderr).toBe('');
    expect(json(result)).toMatchObject({ schema: 'warmset.rolloutCheck/1', verdict: 'pass' });
    expect(result.code).toBe(0);
  });

  it('a slow one fails, and says by how much', async () => {
    const result = await check('slow', {}, []);
    expect(result.code).toBe(1);
    expect(result.stdout).toMatch(/fail +ttft\n +worse: ttft_seconds .* against control: ×1\.[45]\d/);
  });

  it('one that is not there, and one that has died, are no pass', async () => {
    const missing = await check('nowhere');
    expect(missing.code).toBe(3);
    expect(JSON.stringify(json(missing))).toMatch(/canary ttft_seconds_bucket: there are no such series/);
    const dead = await check('dead');
    expect(dead.code).toBe(3);
    expect(JSON.stringify(json(dead))).toMatch(/"stale"|"gaps"|"missing"/);
  });

  it('a baseline that nobody has is no pass', async () => {
    const result = await check('good', { baseline: { ago: '1d' } });
    expect(result.code).toBe(3);
    expect(JSON.stringify(json(result))).toMatch(/baseline ttft_seconds_bucket: there are no such series/);
  });

  it('what Argo and Flagger ask says the same', async () => {
    for (const [canary, within] of [
      ['good', true],
      ['slow', false],
    ] as const) {
      const file = parseRollout(rollout(live.port, canary, { during: '1h' }));
      const places = { canaryServer: `track="${canary}"`, controlServer: 'track="stable"', canaryNode: '' };
      const [mean] = queriesOf(file, places);
      const [answer] = await query(live.port, mean?.expr ?? '');
      expect(mean?.most).toBe(1.1);
      expect(Number(answer?.value[1]) <= 1.1, `${canary} ${answer?.value[1]}`).toBe(within);
    }
  });
});

describe('a Prometheus that misbehaves is no pass', () => {
  const empty = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });
  const now = JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: {}, value: [1, String(Date.now() / 1000)] }] },
  });
  const clockThen =
    (rest: RequestListener): RequestListener =>
    (request, response) => {
      if (request.url?.includes('time%28%29')) response.end(now);
      else rest(request, response);
    };
  const answer = (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
    clockThen((_, response) => response.writeHead(status, headers).end(body));

  it.each<readonly [string, RequestListener, RegExp]>([
    ['a page of a proxy', answer(200, '<html>log in</html>'), /no JSON/],
    ['an error of its own', answer(422, '{"status":"error","error":"too many samples"}'), /too many samples/],
    ['a gateway without a server', answer(502, 'bad gateway'), /status 502/],
    ['a redirect', answer(302, '', { location: 'http://127.0.0.1:9/' }), /status 302/],
    ['nobody it lets in', (_, response) => response.writeHead(401).end('who are you'), /status 401/],
    ['an answer that never comes', clockThen(() => undefined), /no answer in 500 ms/],
    ['nothing', answer(200, empty), /no such series/],
    [
      'a number in the place of series',
      answer(200, '{"status":"success","data":{"result":[1]}}'),
      /no series/,
    ],
    [
      'a partial answer',
      answer(200, JSON.stringify({ ...JSON.parse(empty), warnings: ['a store is down'] })),
      /a store is down/,
    ],
  ])('%s', async (_, listener, why) => {
    await using directory = await temporaryDirectory('rollout-server');
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const file = directory.file('r.yaml');
      await writeFile(
        file,
        rollout(port, 'good', { prometheus: { url: `http://127.0.0.1:${port}`, timeout: '500ms' } }),
      );
      const result = await cli(['rollout', 'check', '--stage', 'first', '--json', file]);
      expect(result.code).toBe(3);
      expect(json(result).verdict).toBe('insufficient');
      expect(result.stdout).toMatch(why);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('tokens and passwords come from files and variables, and are never shown', async () => {
    await using directory = await temporaryDirectory('rollout-token');
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end('no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await writeFile(directory.file('token'), 'secret-token\n');
    const url = `http://127.0.0.1:${port}/prom/`;
    const ways = [
      { tokenFile: directory.file('token') },
      { tokenVariable: 'TOKEN' },
      { user: 'u', passwordVariable: 'PASSWORD' },
    ];
    for (const way of ways) {
      await writeFile(directory.file('r.yaml'), rollout(port, 'good', { prometheus: { url, ...way } }));
      const env = { ...BARE_ENVIRONMENT, TOKEN: 'from-variable', PASSWORD: 'p:w' };
      const result = await cli(['rollout', 'check', '--stage', 'first', directory.file('r.yaml')], { env });
      expect(result.code).toBe(3);
      expect(result.stdout + result.stderr).not.toMatch(/secret-token|from-variable|p:w/);
    }
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(new Set(seen)).toEqual(
      new Set([
        'Bearer secret-token',
        'Bearer from-variable',
        `Basic ${Buffer.from('u:p:w').toString('base64')}`,
      ]),
    );
  });
});
