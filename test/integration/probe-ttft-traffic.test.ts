import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { listModels, probeTtftFromMetrics, probeTtftFromPrometheus } from '../../lib/probe/ttft/index.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';

const NAME = 'sglang:time_to_first_token_seconds';
const page = (count: number): string => `# TYPE ${NAME} histogram
${NAME}_bucket{model_name="a",le="0.5"} ${count}
${NAME}_bucket{model_name="a",le="+Inf"} ${count}
`;

interface Answer {
  readonly status?: number;
  readonly text: string;
}

async function serve(answer: (request: http.IncomingMessage) => Answer | null) {
  const asked: { url: URL; headers: http.IncomingHttpHeaders }[] = [];
  const server = http.createServer((request, response) => {
    asked.push({ url: new URL(request.url ?? '', 'http://x'), headers: request.headers });
    const given = answer(request);
    if (given) response.writeHead(given.status ?? 200).end(given.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('two looks at a server’s own page tell what its users waited', async () => {
  let count = 0;
  await using server = await startOpenAiServer('good', {
    metrics: () => {
      count += 20;
      return page(count);
    },
  });
  const traffic = await probeTtftFromMetrics({ url: server.url, duringMs: 20 });
  expect(traffic).toMatchObject({ metrics: [NAME], requests: 20, ttftP95Ms: 475, resets: 0 });
});

it('a server that was never asked may have no histogram before its first request', async () => {
  const pages = ['up 1\n', page(3)];
  await using server = await startOpenAiServer('good', { metrics: () => pages.shift() ?? '' });
  expect(await probeTtftFromMetrics({ url: server.url, duringMs: 20 })).toMatchObject({ requests: 3 });
});

it.each<[string, Answer | null, RegExp]>([
  ['without a histogram', { text: 'up 1\n' }, /no histogram/],
  ['that says no', { status: 403, text: 'go away' }, /status 403: go away/],
  ['that says nothing', null, /no answer in 100 ms/],
])('a page %s is an error that says so', async (_, answer, message) => {
  await using server = await serve(() => answer);
  const asked = probeTtftFromMetrics({ url: server.url, duringMs: 1, timeoutMs: 100 });
  await expect(asked).rejects.toMatchObject({
    code: 'WARMSET_PROBE',
    message: expect.stringMatching(message),
  });
});

it('an abort ends the waiting between two looks', async () => {
  await using server = await startOpenAiServer('good', { metrics: () => page(1) });
  const asked = probeTtftFromMetrics({ url: server.url, duringMs: 60_000, signal: AbortSignal.timeout(100) });
  await expect(asked).rejects.toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) });
});

const vector = (...buckets: readonly (readonly [string, string])[]): string =>
  JSON.stringify({
    status: 'success',
    data: {
      resultType: 'vector',
      result: buckets.map(([le, value]) => ({ metric: { le }, value: [1, value] })),
    },
    warnings: ['one store did not answer'],
  });

it('a Prometheus is asked for buckets, with headers and labels', async () => {
  await using server = await serve(() => ({ text: vector(['+Inf', '20'], ['0.5', '10.5'], ['1', '20']) }));
  const traffic = await probeTtftFromPrometheus({
    url: `${server.url}/prom/`,
    windowMs: 120_000,
    metric: 'vllm:time_to_first_token_seconds',
    labels: { model_name: 'a"b' },
    headers: { authorization: 'Bearer x' },
  });
  expect(server.asked[0]?.url.pathname).toBe('/prom/api/v1/query');
  expect(server.asked[0]?.url.searchParams.get('query')).toBe(
    'sum by (le) (increase({__name__="vllm:time_to_first_token_seconds_bucket",model_name="a\\"b"}[120000ms]))',
  );
  expect(server.asked[0]?.headers.authorization).toBe('Bearer x');
  expect(traffic).toMatchObject({
    requests: 20,
    p95: { state: 'value' },
    warnings: ['one store did not answer'],
  });
});

it('a quantile behind the last bound is not called that bound', async () => {
  await using server = await serve(() => ({ text: vector(['+Inf', '100'], ['10', '50']) }));
  const traffic = await probeTtftFromPrometheus({ url: server.url });
  expect(traffic).toMatchObject({ p95: { state: 'at-least', seconds: 10 }, ttftP95Ms: null });
});

it.each<[string, Answer | null, RegExp]>([
  ['knows nothing', { text: vector() }, /knows no histogram/],
  ['refuses', { status: 400, text: '{"status":"error","error":"parse error"}' }, /parse error/],
  [
    'fails',
    { text: '{"status":"error","errorType":"timeout","error":"query timed out"}' },
    /query timed out/,
  ],
  ['is none', { text: '<html>' }, /no JSON: <html>/],
  [
    'sends odd data',
    { text: '{"status":"success","data":{"result":[1,{"metric":{}}]}}' },
    /knows no histogram/,
  ],
  ['hangs', null, /no answer in 100 ms/],
])('a Prometheus that %s is an error that says so', async (_, answer, message) => {
  await using server = await serve(() => answer);
  const asked = probeTtftFromPrometheus({ url: server.url, timeoutMs: 100 });
  await expect(asked).rejects.toMatchObject({
    code: 'WARMSET_PROBE',
    message: expect.stringMatching(message),
  });
});

it('names of models are what the server lists', async () => {
  await using server = await startOpenAiServer('good');
  expect(await listModels(server.url, { timeoutMs: 5_000 })).toEqual(['tiny', 'other']);
  await using other = await serve(() => ({ text: '{"data":[{"id":7}]}' }));
  await expect(listModels(other.url, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'WARMSET_PROBE' });
});
