import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lines, textLines } from '../../../lib/launch/readiness/lines.ts';
import { readinessUrls, watchReadiness } from '../../../lib/launch/readiness/readiness.ts';
import type { RecognisedServer } from '../../../lib/launch/types.ts';

const server = (host: string): RecognisedServer => ({
  server: 'vllm',
  evidence: 'its name',
  models: [],
  address: { host, port: 8000 },
  healthPaths: ['/health', '/v1/models'],
  cacheUse: { state: 'used' },
  tensorParallel: null,
  environment: {},
});

describe('where a server is asked', () => {
  it.each([
    ['0.0.0.0', '127.0.0.1:8000'],
    ['::', '[::1]:8000'],
    ['10.1.2.3', '10.1.2.3:8000'],
    ['fe80::1', '[fe80::1]:8000'],
    ['localhost', 'localhost:8000'],
  ])('%s is asked at %s', (host, at) => {
    expect(readinessUrls('auto', server(host)).map(String)).toEqual([
      `http://${at}/health`,
      `http://${at}/v1/models`,
    ]);
  });

  it('nowhere where nothing is known or wanted', () => {
    expect(readinessUrls('auto', null)).toEqual([]);
    expect(readinessUrls('none', server('::'))).toEqual([]);
    expect(readinessUrls({ log: /x/ }, server('::'))).toEqual([]);
    expect(readinessUrls({ http: 'http://h:1/p' }, null).map(String)).toEqual(['http://h:1/p']);
  });
});

describe('watchReadiness', () => {
  it('answers null at once where nothing can ever tell', async () => {
    expect(await watchReadiness([], null, new AbortController().signal)).toBeNull();
  });

  it('answers null when the server is gone', async () => {
    const gone = new AbortController();
    const answer = watchReadiness([], new Promise(() => {}), gone.signal);
    gone.abort();
    expect(await answer).toBeNull();
  });

  it('answers what came', async () => {
    expect(await watchReadiness([], Promise.resolve(), new AbortController().signal)).toBe('log');
  });
});

describe('Lines', () => {
  it('whole lines come out however the bytes are cut, and every byte once', () => {
    const piece = fc.constantFrom('a', 'ä', '\n', '\r', 'warm', '\r\n');
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(20)), (pieces, cuts) => {
        const all = Buffer.from(pieces.join(''));
        const lines = new Lines();
        const out: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, all.length]) {
          out.push(Buffer.from(lines.push(all.subarray(at, at + cut))));
          at += cut;
        }
        const whole = Math.max(all.lastIndexOf(0x0a), all.lastIndexOf(0x0d)) + 1;
        expect(Buffer.concat(out)).toEqual(all.subarray(0, whole));
        for (const part of out) if (part.length > 0) expect([0x0a, 0x0d]).toContain(part.at(-1));
      }),
    );
  });

  it('a line without an end takes no memory without an end', () => {
    const lines = new Lines();
    expect(lines.push(Buffer.alloc(60_000, 'x'))).toHaveLength(0);
    expect(lines.push(Buffer.alloc(60_000, 'x'))).toHaveLength(120_000);
  });

  it('colours are no part of the text', () => {
    expect(textLines(Buffer.from('\x1b[1;32mINFO\x1b[0m ready\r\nnext\n'))).toEqual([
      'INFO ready',
      'next',
      '',
    ]);
  });
});
