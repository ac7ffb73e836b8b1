import net, { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type ProbeTtftOptions, probeTtft, type TtftOutcome } from '../../lib/probe/ttft/index.ts';
import type { BehaviourName } from '../support/openai-server/behaviours.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';

async function one(behaviour: BehaviourName, options: Partial<ProbeTtftOptions> = {}): Promise<TtftOutcome> {
  await using server = await startOpenAiServer(behaviour);
  const { outcomes } = await probeTtft({ url: server.url, model: 'tiny', requests: 1, ...options });
  expect(outcomes).toHaveLength(1);
  const [outcome] = outcomes;
  if (!outcome) throw new Error('no outcome');
  return outcome;
}

/** Their order is what can be known; how long they are apart is the machine's affair. */
function expectAscending(...times: readonly (number | null)[]): void {
  const numbers = times.map((time) => time ?? Number.NaN);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
}

describe('an answer', () => {
  it('has its times in order, its tokens by usage, and the gaps between them', async () => {
    const outcome = await one('good');
    expect(outcome).toMatchObject({
      state: 'answered',
      tokens: { tokens: 8, source: 'usage' },
      finishReason: 'stop',
      ended: 'server',
      fromSpawnMs: null,
    });
    if (outcome.state !== 'answered') return;
    expectAscending(
      0,
      outcome.connectedMs,
      outcome.headersMs,
      outcome.firstChunkMs,
      outcome.firstTokenMs,
      outcome.endToEndMs,
    );
    expect(outcome.interTokenMs).toHaveLength(3);
  });

  it('of a chat has a first chunk before its first token', async () => {
    const outcome = await one('good', { endpoint: 'chat' });
    expect(outcome).toMatchObject({ state: 'answered', tokens: { tokens: 8 } });
    if (outcome.state !== 'answered') return;
    expect(outcome.firstTokenMs ?? 0).toBeGreaterThan(outcome.firstChunkMs ?? Number.POSITIVE_INFINITY);
  });

  it.each<[BehaviourName, object]>([
    ['noUsage', { tokens: { tokens: 4, source: 'counted' } }],
    ['reasoning', { tokens: { tokens: 2, source: 'counted' }, finishReason: 'stop' }],
    ['toolCall', { tokens: { tokens: 1, source: 'counted' }, finishReason: 'tool_calls' }],
    ['noDone', { finishReason: 'length', ended: 'server' }],
    ['nothingSaid', { firstTokenMs: null, tokens: { tokens: 0, source: 'counted' } }],
    ['oddEvents', { tokens: { tokens: 2, source: 'counted' } }],
    ['tornBytes', { tokens: { tokens: 1, source: 'counted' } }],
    ['atOnce', { interTokenMs: [0, 0], tokens: { tokens: 3, source: 'counted' } }],
    ['eventsCalledText', { tokens: { tokens: 1, source: 'counted' } }],
  ])('is understood: %s', async (behaviour, expected) => {
    expect(await one(behaviour)).toMatchObject({ state: 'answered', ...expected });
  });

  it('that never ends is read until all tokens that were asked for came', async () => {
    const outcome = await one('endless', { maxTokens: 10 });
    expect(outcome).toMatchObject({
      state: 'answered',
      ended: 'limit',
      tokens: { tokens: 10, source: 'counted' },
    });
  });

  it('is complete where the server only forgets to hang up', async () => {
    expect(await one('lingers', { stallMs: 100 })).toMatchObject({ state: 'answered', finishReason: 'stop' });
  });

  it('is told from the start of the server on', async () => {
    await using server = await startOpenAiServer('good');
    const spawnedAt = performance.now() - 60_000;
    const probe = await probeTtft({ url: server.url, model: 'tiny', requests: 2, warmUp: 1, spawnedAt });
    const [first] = probe.warmUp;
    expect(first?.state === 'answered' && first.fromSpawnMs).toBe(probe.firstAnswerFromSpawnMs);
    expect(probe.firstAnswerFromSpawnMs).toBeGreaterThan(60_000);
  });
});

describe('a fault', () => {
  it.each<[BehaviourName, object]>([
    ['unauthorised', { state: 'http-error', status: 401, excerpt: '{"error":{"message":"who are you?"}}' }],
    ['busy', { state: 'http-error', status: 503, excerpt: expect.stringMatching(/^busy \[31mx+ …$/) }],
    ['redirect', { state: 'http-error', status: 307 }],
    ['json', { state: 'not-a-stream', kind: 'json', tokens: { tokens: 7, source: 'usage' } }],
    ['html', { state: 'not-a-stream', kind: 'html', excerpt: expect.stringContaining('Welcome') }],
    ['emptyBody', { state: 'not-a-stream', kind: 'other', excerpt: '' }],
    ['errorAsJson', { state: 'server-error', message: 'no such model' }],
    ['oldError', { state: 'server-error', message: 'no such model' }],
    ['errorInStream', { state: 'server-error', message: 'out of memory', firstTokenMs: expect.any(Number) }],
    ['errorEvent', { state: 'server-error', message: 'the engine died' }],
    ['notJson', { state: 'malformed', message: 'an event is no JSON', excerpt: '{"choices": [tru' }],
    ['notAnObject', { state: 'malformed', message: 'an event is no JSON object' }],
    ['choicesNoList', { state: 'malformed', message: 'choices are no list' }],
    ['giantLine', { state: 'malformed', message: expect.stringContaining('longer than') }],
    ['compressed', { state: 'malformed', message: expect.stringContaining('gzip') }],
    ['notHttp', { state: 'malformed', message: expect.stringContaining('no HTTP') }],
    ['halfClosed', { state: 'cut', phase: 'stream', tokens: { tokens: 2, source: 'counted' } }],
    ['reset', { state: 'cut', phase: 'stream', tokens: { tokens: 1, source: 'counted' } }],
    ['resetAtOnce', { state: 'cut', phase: 'headers' }],
    ['closedBeforeHeaders', { state: 'cut', phase: 'headers' }],
    ['cutAfterHeaders', { state: 'cut', phase: 'first-chunk' }],
  ])('is an outcome: %s', async (behaviour, expected) => {
    expect(await one(behaviour)).toMatchObject(expected);
  });

  it.each<[BehaviourName, string]>([
    ['silent', 'headers'],
    ['headersOnly', 'first-chunk'],
    ['pings', 'first-chunk'],
  ])('ends by its time limit: %s', async (behaviour, phase) => {
    expect(await one(behaviour, { timeoutMs: 200 })).toMatchObject({
      state: 'timeout',
      phase,
      firstChunkMs: null,
    });
  });

  it('in the middle is a stall, and before the limit of the whole', async () => {
    expect(await one('stall', { stallMs: 150 })).toMatchObject({ state: 'stalled', tokens: { tokens: 2 } });
    expect(await one('stall', { stallMs: 20_000, timeoutMs: 200 })).toMatchObject({
      state: 'timeout',
      phase: 'stream',
    });
  });

  it('before the connection stands is one of the connection', async () => {
    const deaf = net.createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1');
    await new Promise((resolve) => deaf.once('listening', resolve));
    const { port } = deaf.address() as AddressInfo;
    const ask = (url: string) => probeTtft({ url, model: 'tiny', requests: 1, timeoutMs: 200 });
    const slow = await ask(`https://127.0.0.1:${port}`);
    expect(slow.outcomes).toMatchObject([{ state: 'timeout', phase: 'connect', connectedMs: null }]);
    await new Promise((resolve) => {
      deaf.close(resolve);
    });
    const refused = await ask(`http://127.0.0.1:${port}`);
    expect(refused.outcomes).toMatchObject([{ state: 'refused', code: 'ECONNREFUSED' }]);
    expect(refused).toMatchObject({ ttftP95Ms: null, counts: { refused: 1 } });
  });

  it('of one request leaves the others alone, and no fault is in a summary', async () => {
    await using server = await startOpenAiServer(['good', 'unauthorised', 'halfClosed', 'good']);
    const seen: string[] = [];
    const probe = await probeTtft({
      url: server.url,
      model: 'tiny',
      requests: 4,
      onOutcome: ({ state }) => seen.push(state),
    });
    expect(seen).toEqual(['answered', 'http-error', 'cut', 'answered']);
    expect(probe.counts).toEqual({ answered: 2, 'http-error': 1, cut: 1 });
    expect(probe.summary.firstToken?.samples).toBe(2);
    expect(probe.summary.interToken?.samples).toBe(6);
    expect(probe.ttftP95Ms).toBe(probe.summary.firstToken?.maxMs);
  });
});

describe('requests', () => {
  it('are what OpenAI-compatible servers take, with headers and the key of a variable', async () => {
    await using server = await startOpenAiServer('good');
    process.env.WARMSET_TEST_KEY = 'secret';
    const probe = await probeTtft({
      url: `${server.url}/v1/?tenant=1`,
      model: 'tiny',
      messages: [{ role: 'system', content: 'Be brief.' }],
      requests: 1,
      maxTokens: 9,
      headers: { 'X-Team': 'a' },
      apiKeyFrom: 'WARMSET_TEST_KEY',
    });
    delete process.env.WARMSET_TEST_KEY;
    const [received] = server.received;
    expect(received?.path).toBe('/v1/chat/completions?tenant=1');
    expect(received?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'x-team': 'a',
      connection: 'close',
    });
    expect(received?.body).toEqual({
      model: 'tiny',
      messages: [{ role: 'system', content: 'Be brief.' }],
      max_tokens: 9,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(JSON.stringify(probe)).not.toContain('secret');
  });

  it('have a connection each, or share one', async () => {
    await using server = await startOpenAiServer('good');
    const ask = (keepAlive: boolean) => probeTtft({ url: server.url, model: 'tiny', requests: 3, keepAlive });
    const apart = await ask(false);
    expect(server.connections).toBe(3);
    expect(apart.summary.connect?.samples).toBe(3);
    const shared = await ask(true);
    expect(server.connections).toBe(4);
    expect(shared.summary.connect?.samples).toBe(1);
  });

  it('are in flight together as far as it was asked for, and warm-up comes before them', async () => {
    await using server = await startOpenAiServer('good');
    const probe = await probeTtft({ url: server.url, model: 'tiny', requests: 6, concurrency: 3, warmUp: 2 });
    expect(server.mostAtOnce).toBe(3);
    expect(server.received).toHaveLength(8);
    expect([probe.warmUp.length, probe.outcomes.length, probe.summary.endToEnd?.samples]).toEqual([2, 6, 6]);
  });

  it('reach a server by IPv6', async () => {
    await using server = await startOpenAiServer('good', { host: '::1' });
    const { counts } = await probeTtft({ url: server.url, model: 'tiny', requests: 1 });
    expect(counts).toEqual({ answered: 1 });
  });

  it('end when the signal comes, and what was measured stays', async () => {
    await using server = await startOpenAiServer(['good', 'silent']);
    const controller = new AbortController();
    const running = probeTtft({
      url: server.url,
      model: 'tiny',
      requests: 10,
      signal: controller.signal,
      onOutcome: () => setTimeout(() => controller.abort(), 50),
    });
    const { outcomes } = await running;
    expect(outcomes.map(({ state }) => state)).toEqual(['answered', 'aborted']);
  });

  it.each<[object, string]>([
    [{ url: 'ftp://x' }, 'url'],
    [{ model: '' }, 'model'],
    [{ requests: 0 }, 'requests'],
    [{ requests: 10_000, maxTokens: 65_536 }, 'requests'],
    [{ messages: [], endpoint: 'completions' }, 'messages'],
    [{ headers: { 'a b': 'c' } }, 'headers'],
    [{ headers: { a: 'b\r\nc: d' } }, 'headers'],
    [{ apiKeyFrom: 'WARMSET_NO_SUCH_VARIABLE' }, 'apiKeyFrom'],
    [{ apiKey: 'a b' }, 'apiKey'],
  ])('that make no sense are refused: %j', async (options, subject) => {
    const asked = probeTtft({ url: 'http://127.0.0.1:1', model: 'tiny', ...options });
    await expect(asked).rejects.toMatchObject({ code: 'WARMSET_BAD_ARGUMENT', subject });
  });
});
