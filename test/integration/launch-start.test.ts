import { readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, startCli } from '../support/cli.ts';
import { owned } from '../support/owned.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const SIZE = 24 << 20;

let directory: TemporaryDirectory;
let weights: string;
beforeAll(async () => {
  directory = await temporaryDirectory('start');
  weights = directory.file('weights.bin');
  await writeRandomFile(weights, SIZE);
});
afterAll(() => directory[Symbol.asyncDispose]());

const report = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8'));

/** A server of a few lines that loads for a while, and then says so and answers. */
const SLOW_SERVER = `
  const http = require('node:http'); const [port, ms] = process.argv.slice(1).map(Number);
  let ready = false;
  http.createServer((request, response) => { response.statusCode = request.url === '/health' ? (ready ? 200 : 503) : 404; response.end('x'.repeat(1e6)); }).listen(port);
  console.error('\\u001b[32mloading\\u001b[0m');
  setTimeout(() => { ready = true; console.error('\\u001b[32mthe kettle\\u001b[0m is hot'); }, ms);
  process.on('SIGTERM', () => process.exit(0));`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a start', () => {
  it('is told by a line of the log, through colours, and its report is written at ready and at the end', async () => {
    await cli(['evict', weights]);
    const file = directory.file('log.json');
    const port = await freePort();
    const words = [
      'run',
      '--set',
      weights,
      '--no-guard',
      '--readiness',
      'log:^the kettle is hot$',
      '--report',
      file,
    ];
    const running = owned(
      await startCli([...words, '--', process.execPath, '-e', SLOW_SERVER, String(port), '900']),
    );
    await expect
      .poll(() => running.stderr, { timeout: 15_000 })
      .toMatch(/^warmset: Ready .* by its log\. .* ahead of it/m);
    expect(running.stderr).toMatch(/^warmset: .*weights\.bin: 24\.0 MiB, .* in memory; filling beside it$/m);
    await expect.poll(() => report(file).readyBy, { timeout: 5_000 }).toBe('log');
    const atReady = report(file);
    expect(atReady).toMatchObject({
      schema: 'warmset.run/1',
      exit: null,
      pid: expect.any(Number),
      size: SIZE,
    });
    expect(atReady.readyMs).toBeGreaterThanOrEqual(800);
    expect(Number(atReady.spawnMs)).toBeGreaterThan(0);
    process.kill(running.pid ?? 0, 'SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, stdout: '' });
    expect(report(file)).toMatchObject({ exitCode: 0, exit: { state: 'exited' }, fill: { asked: SIZE } });
    expect(Number(report(file).cpuSeconds)).toBeGreaterThan(0);
  });

  it('is told by an address that says 503 first and never ends its answer', async () => {
    const port = await freePort();
    const file = directory.file('http.json');
    const words = [
      'run',
      '--set',
      weights,
      '--readiness',
      `http://127.0.0.1:${port}/health`,
      '--report',
      file,
    ];
    const env = {
      PATH: process.env.PATH,
      http_proxy: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
    };
    const running = owned(
      await startCli([...words, '--', process.execPath, '-e', SLOW_SERVER, String(port), '700'], { env }),
    );
    await expect
      .poll(() => running.stderr, { timeout: 15_000 })
      .toMatch(/^warmset: Ready .* by its address\./m);
    process.kill(running.pid ?? 0, 'SIGTERM');
    await running.ended;
    expect(report(file)).toMatchObject({ readyBy: 'http' });
    expect(Number(report(file).readyMs)).toBeGreaterThanOrEqual(650);
  });

  it('somebody who answered there before is not taken for the server', async () => {
    const stranger = createServer((_, response) => response.end('ok')).listen(0);
    await new Promise((resolve) => stranger.once('listening', resolve));
    const address = stranger.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const file = directory.file('stranger.json');
    const words = [
      'run',
      '--quiet',
      '--set',
      weights,
      '--readiness',
      `http://127.0.0.1:${port}/`,
      '--report',
      file,
    ];
    await cli([...words, '--', 'sleep', '2']);
    stranger.close();
    expect(report(file)).toMatchObject({ readyMs: null, readyBy: null, exitCode: 0 });
  });

  it('a known server is recognised, and its own words tell when it is ready', async () => {
    const program = directory.file('vllm');
    const port = await freePort();
    writeFileSync(
      program,
      `#!/bin/sh\necho "INFO 01-02 03:04:05 api_server.py:1] vLLM API server version 0.9.1"\nsleep 0.5\necho "INFO:     Application startup complete."\nexec sleep 20\n`,
    );
    await chmod(program, 0o755);
    const words = ['run', '--', program, 'serve', directory.path, '--port', String(port)];
    const running = owned(await startCli(words));
    await expect.poll(() => running.stderr, { timeout: 15_000 }).toMatch(/^warmset: Ready .* by its log\./m);
    expect(running.stderr).toMatch(/^warmset: vllm serving \S*warmset-start-\w+ \(.+\): /m);
    running.kill('SIGKILL');
    await running.ended;
  });

  it('a server that ends before it is ready is told of, with its code', async () => {
    const file = directory.file('dead.json');
    const words = ['run', '--set', weights, '--readiness', 'log:never', '--report', file];
    const result = await cli([...words, '--', 'sh', '-c', 'sleep 1; exit 9']);
    expect(result.code).toBe(9);
    expect(report(file)).toMatchObject({ readyMs: null, exitCode: 9 });
  });

  it('a set that is not there, and a report that cannot be written, are no reason not to run', async () => {
    const words = ['run', '--set', '/nothing/here', '--report', '/nothing/here/report.json'];
    const result = await cli([...words, '--', 'sh', '-c', 'echo runs; sleep 1; exit 2']);
    expect(result).toMatchObject({ code: 2, stdout: 'runs\n' });
    expect(result.stderr).toMatch(/\/nothing\/here: /);
    expect(result.stderr).toMatch(/the report \/nothing\/here\/report\.json could not be written: ENOENT/);
  });
});

describe('--wait-for', () => {
  const held = async (what: string, extra: readonly string[] = []) => {
    await cli(['evict', weights]);
    const file = directory.file('held.json');
    const words = [
      'run',
      '--set',
      weights,
      '--no-guard',
      ...extra,
      '--wait-for',
      what,
      '--report',
      file,
      '--',
    ];
    // What is resident when the server starts.
    const result = await cli([...words, 'sh', '-c', `"$NODE" "$CLI" status --json "$1"`, 'sh', weights], {
      env: {
        PATH: process.env.PATH,
        NODE: process.execPath,
        CLI: await import('../support/cli.ts').then(({ cliProgram }) => cliProgram()),
      },
    });
    expect(result.code).toBe(0);
    return { resident: Number(JSON.parse(result.stdout).files[0].residentBytes), report: report(file) };
  };

  it('all: the server starts when everything is there', async () => {
    const { resident, report } = await held('all');
    expect(resident).toBe(SIZE);
    expect(Number(report.heldBackMs)).toBeGreaterThan(0);
    // Who is held back has all of it read ahead.
    expect(report).toMatchObject({ residentBefore: 0, why: 'filled before the server was started' });
    expect(report.fill).toMatchObject({ warmedAhead: SIZE, how: 'ahead', stopped: 'done' });
  });

  it('30%: it starts when that much is there', async () => {
    const { resident } = await held('30%', ['--rate', '8MiB/s']);
    expect(resident).toBeGreaterThanOrEqual(SIZE * 0.3);
  });

  it('a time: it starts then, however little is there', async () => {
    const { resident, report } = await held('all,500ms', ['--rate', '4MiB/s']);
    expect(resident).toBeLessThan(SIZE);
    expect(Number(report.heldBackMs)).toBeGreaterThanOrEqual(450);
    expect(Number(report.heldBackMs)).toBeLessThan(10_000);
  });
});
