import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type ExporterOptions, startExporter } from '../../lib/metrics/index.ts';
import { run } from '../support/run.ts';
import { exporterOptions, portOf, serveKeeper } from '../support/serve-keeper.ts';
import { temporaryDirectory } from '../support/temp.ts';

test('a port in use, and an address for others, are coded errors that say what to do', async () => {
  await using served = await serveKeeper();
  await expect(startExporter(exporterOptions({ port: portOf(served) }))).rejects.toMatchObject({
    code: 'WARMSET_LISTEN',
    message: expect.stringContaining('something else listens there'),
    remedy: expect.stringContaining('choose another port'),
  });
  for (const host of ['0.0.0.0', '::']) {
    await expect(startExporter(exporterOptions({ host }))).rejects.toMatchObject({
      code: 'WARMSET_BAD_ARGUMENT',
      // The port that was asked for: not even for a moment did anything listen there.
      message: expect.stringMatching(/^\S+:0 can be reached/),
      remedy: expect.stringContaining('allowRemote'),
    });
  }
  await using remote = await startExporter(exporterOptions({ host: '0.0.0.0', allowRemote: true }));
  const port = 'port' in remote.address ? remote.address.port : 0;
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test('a Unix socket: served, taken over when left behind, refused while in use', async () => {
  await using directory = await temporaryDirectory('socket');
  const socketPath = directory.file('warmset.sock');
  const {
    host: _host,
    port: _port,
    ...rest
  } = exporterOptions() as ExporterOptions & { host: string; port: number };
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
