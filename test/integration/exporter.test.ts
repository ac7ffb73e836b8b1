import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { type ExporterOptions, startExporter, watchKeeper } from '../../lib/metrics/index.ts';
import { busyKeeper, FakeKeeper } from '../support/fake-keeper.ts';
import { run } from '../support/run.ts';
import { type ServedKeeper, serveKeeper } from '../support/serve-keeper.ts';
import { temporaryDirectory } from '../support/temp.ts';

function portOf({ exporter: { address } }: ServedKeeper): number {
  if ('socketPath' in address) throw new Error('a port was expected');
  return address.port;
}

/** Sends bytes as they are and returns all that comes back until the connection ends. */
async function raw(served: ServedKeeper, bytes: string): Promise<string> {
  const socket = connect(portOf(served), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  const answer = await text(socket).catch(() => '');
  return answer;
}

const status = (answer: string): string => answer.split(' ')[1] ?? '';

function options(over: Partial<ExporterOptions> = {}): ExporterOptions {
  const watch = watchKeeper(new FakeKeeper());
  return {
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    status: () => watch.view(),
    healthy: () => ({ live: true, ready: true, reasons: [] }),
    ...over,
  } as ExporterOptions;
}

test('metrics as text and as OpenMetrics, in any order', async () => {
  await using served = await serveKeeper();
  busyKeeper(served.keeper, served.clock);
  const metrics = async (accept: string): Promise<Response> =>
    fetch(`${served.exporter.url}/metrics`, { headers: { accept } });
  const plain = await (await metrics('text/plain')).text();
  expect(plain).toContain('\nwarmset_fill_bytes_total{set="llama"} 2147483648\n');
  const open = await metrics('application/openmetrics-text;version=1.0.0');
  expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(await open.text()).toMatch(/# TYPE warmset_fill_bytes counter\n[\s\S]*# EOF\n$/);
  const again = await metrics('*/*');
  expect(again.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await again.text()).toBe(plain);
});

test('the page, its headers, and the document', async () => {
  await using served = await serveKeeper();
  busyKeeper(served.keeper, served.clock);
  const page = await fetch(`${served.exporter.url}/?refresh=10`);
  expect(page.headers.get('refresh')).toBe('10');
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+';/,
  );
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await page.text()).toMatch(/^<!doctype html>/);
  expect((await fetch(`${served.exporter.url}/?refresh=0`)).headers.get('refresh')).toBeNull();
  const document: unknown = await (await fetch(`${served.exporter.url}/status.json`)).json();
  expect(document).toMatchObject({
    schema: 'warmset.keep/1',
    nvme_read_p95_ms: 3.1,
    state: { name: 'filling' },
  });
});

test('health and readiness are what they are at the time of asking', async () => {
  await using served = await serveKeeper();
  const ask = async (path: string): Promise<[number, string]> => {
    const answer = await fetch(served.exporter.url + path);
    return [answer.status, await answer.text()];
  };
  expect(await ask('/healthz')).toEqual([200, 'live\n']);
  expect(await ask('/readyz')).toEqual([200, 'ready\n']);
  served.health = { live: true, ready: false, reasons: ['llama is not resident yet.'] };
  expect(await ask('/healthz')).toEqual([200, 'live\nllama is not resident yet.\n']);
  expect(await ask('/readyz')).toEqual([503, 'not ready\nllama is not resident yet.\n']);
  served.health = { live: false, ready: true, reasons: [] };
  expect((await ask('/healthz'))[0]).toBe(503);
  expect((await ask('/readyz'))[0]).toBe(503);
});

test('HEAD has the headers of GET and no body', async () => {
  await using served = await serveKeeper();
  const get = await raw(served, 'GET /icon.svg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const head = await raw(served, 'HEAD /icon.svg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
  expect(/Content-Length: \d+/.exec(head)?.[0]).toBe(/Content-Length: \d+/.exec(get)?.[0]);
});

test.each([
  ['GET /nothing', '404'],
  ['GET /../../etc/passwd', '404'],
  ['GET /%2e%2e/etc/passwd', '404'],
  ['GET /metrics/', '404'],
  ['GET /constructor', '404'],
  ['GET /__proto__', '404'],
  ['GET http://127.0.0.1/metrics', '404'],
  ['POST /metrics', '405'],
  ['DELETE /', '405'],
  [`GET /${'x'.repeat(2_000)}`, '414'],
  [`GET /${'x'.repeat(20_000)}`, '431'],
])('%s', async (line, expected) => {
  await using served = await serveKeeper();
  const answer = await raw(served, `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect(status(answer)).toBe(expected);
  expect(answer).not.toContain('root:');
});

test('a body, headers without end, and what is no HTTP are refused', async () => {
  await using served = await serveKeeper();
  const body = 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n';
  expect(status(await raw(served, body))).toBe('413');
  const headers = Array.from({ length: 300 }, (_, number) => `X-${number}: ${'y'.repeat(100)}\r\n`).join('');
  expect(status(await raw(served, `GET / HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`))).toBe('431');
  expect(status(await raw(served, '\x16\x03\x01\x02\x00\x01\r\n\r\n'))).toBe('400');
});

test("a name that isn't this machine's is not served at loopback, and appears in no answer", async () => {
  await using served = await serveKeeper();
  const answer = await raw(served, 'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  expect(status(answer)).toBe('421');
  expect(answer).not.toContain('evil.example');
});

test('whoever sends too slowly is cut off, and others are served meanwhile', async () => {
  await using served = await serveKeeper({ headMs: 300 });
  const slow = raw(served, 'GET / HTTP/1.1\r\nHost: local');
  expect((await fetch(`${served.exporter.url}/healthz`)).status).toBe(200);
  expect(status(await slow)).toBe('408');
});

test('connections have a cap, and one that ends makes room', async () => {
  await using served = await serveKeeper({ connections: 2 });
  const open = async (): Promise<Socket> => {
    const socket = connect(portOf(served), '127.0.0.1').on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };
  const held = [await open(), await open()];
  await delay(50);
  expect(await raw(served, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toBe('');
  for (const socket of held) socket.destroy();
  await delay(50);
  const line = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  expect(status(await raw(served, line))).toBe('200');
});

test('closing ends connections that are kept alive, half sent or not read, within a second', async () => {
  const served = await serveKeeper();
  const sockets = ['GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', 'GET / HT', ''].map((bytes) => {
    const socket = connect(portOf(served), '127.0.0.1').on('error', () => {});
    socket.write(bytes);
    return socket;
  });
  await delay(100);
  const before = performance.now();
  await Promise.all([served.exporter.close(), served.exporter.close()]);
  expect(performance.now() - before).toBeLessThan(1_000);
  await expect(fetch(`${served.exporter.url}/healthz`)).rejects.toThrow();
  for (const socket of sockets) socket.destroy();
});

test('an abort closes it', async () => {
  const controller = new AbortController();
  const exporter = await startExporter(options({ signal: controller.signal }));
  controller.abort();
  await exporter.close();
  await expect(fetch(`${exporter.url}/healthz`)).rejects.toThrow();
  await expect(startExporter(options({ signal: AbortSignal.abort() }))).rejects.toThrow(/abort/);
});

test('a failing status is an answer of 500 that tells nothing, and the next one is served', async () => {
  const failing = options({
    status: () => {
      throw new Error('secret');
    },
  });
  await using exporter = await startExporter(failing);
  const answer = await fetch(`${exporter.url}/`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret');
  expect((await fetch(`${exporter.url}/healthz`)).status).toBe(200);
});

test('a port in use, and an address for others, are coded errors that say what to do', async () => {
  await using served = await serveKeeper();
  await expect(startExporter(options({ port: portOf(served) }))).rejects.toMatchObject({
    code: 'WARMSET_LISTEN',
    message: expect.stringContaining('something else listens there'),
    remedy: expect.stringContaining('choose another port'),
  });
  for (const host of ['0.0.0.0', '::']) {
    await expect(startExporter(options({ host }))).rejects.toMatchObject({
      code: 'WARMSET_BAD_ARGUMENT',
      // The port that was asked for: not even for a moment did anything listen there.
      message: expect.stringMatching(/^\S+:0 can be reached/),
      remedy: expect.stringContaining('allowRemote'),
    });
  }
  await using remote = await startExporter(options({ host: '0.0.0.0', allowRemote: true }));
  const port = 'port' in remote.address ? remote.address.port : 0;
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test('a Unix socket: served, taken over when left behind, refused while in use', async () => {
  await using directory = await temporaryDirectory('socket');
  const socketPath = directory.file('warmset.sock');
  const { host: _host, port: _port, ...rest } = options() as ExporterOptions & { host: string; port: number };
  const start = () => startExporter({ ...rest, socketPath });
  const ask = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, path: '/healthz' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on('error', reject).end();
    });
  const script = `require('node:http').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await run(process.execPath, ['--eval', script]);
  expect(existsSync(socketPath)).toBe(true);
  await using exporter = await start();
  expect(exporter.url).toBe(`unix:${socketPath}`);
  expect(await ask()).toBe(200);
  await expect(start()).rejects.toMatchObject({ code: 'WARMSET_LISTEN' });
  expect(await ask()).toBe(200);
});
