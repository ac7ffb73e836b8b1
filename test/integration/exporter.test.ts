import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startExporter } from '../../lib/metrics/index.ts';
import { aFile, aSet, aSweep, busyKeeper } from '../support/fake-keeper.ts';
import { exporterOptions, portOf, type ServedKeeper, serveKeeper } from '../support/serve-keeper.ts';

/** Sends bytes as they are and returns all that comes back until the connection ends. */
async function raw(served: ServedKeeper, bytes: string): Promise<string> {
  const socket = connect(portOf(served), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  const answer = await text(socket).catch(() => '');
  return answer;
}

const status = (answer: string): string => answer.split(' ')[1] ?? '';

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

test('whoever does not read the answers is cut off', async () => {
  await using served = await serveKeeper({ idleMs: 300 });
  const files = Array.from({ length: 2_000 }, (_, number) => aFile({ path: `/models/${number}` }));
  served.keeper.emit('sweep', aSweep({ sets: [aSet({ files })] }));
  const { length } = await (await fetch(`${served.exporter.url}/status.json`)).text();
  const asked = 20;
  const socket = connect(portOf(served), '127.0.0.1').on('error', () => {});
  socket.pause();
  socket.write('GET /status.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(asked));
  await delay(2_000);
  let received = 0;
  socket.on('data', (chunk) => {
    received += chunk.length;
  });
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  expect(received).toBeLessThan(asked * length);
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
  const exporter = await startExporter(exporterOptions({ signal: controller.signal }));
  controller.abort();
  await exporter.close();
  await expect(fetch(`${exporter.url}/healthz`)).rejects.toThrow();
  await expect(startExporter(exporterOptions({ signal: AbortSignal.abort() }))).rejects.toThrow(/abort/);
});

test('a failing status is an answer of 500 that tells nothing, and the next one is served', async () => {
  const failing = exporterOptions({
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
