import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { probeTtft } from '../../lib/probe/ttft/index.ts';
import { startOpenAiServer } from '../support/openai-server/server.ts';
import { run } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

it('https is asked where its certificate is trusted, and an untrusted one is no connection', async (context) => {
  await using directory = await temporaryDirectory('tls');
  const [key, cert] = [directory.file('key.pem'), directory.file('cert.pem')];
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = await run('openssl', [...words, ...names, '-keyout', key, '-out', cert]).catch(() => null);
  context.skip(made?.code !== 0, 'no openssl');
  const tls = { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
  await using server = await startOpenAiServer('good', { tls });
  const ask = (ca?: string) => probeTtft({ url: server.url, model: 'tiny', requests: 1, ca });
  expect((await ask()).outcomes).toMatchObject([{ state: 'refused', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }]);
  expect((await ask(tls.cert)).outcomes).toMatchObject([
    { state: 'answered', connectedMs: expect.any(Number) },
  ]);
});
