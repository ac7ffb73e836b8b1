import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, fuse, itWith, root } from '../support/capabilities.ts';
import { BARE_ENVIRONMENT, cli, json, startCli } from '../support/cli.ts';
import { fixture } from '../support/compile.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { inTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { type Running, start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const PAGES = 128;
const LONG = { timeout: 15_000 };

describeWith([cc], 'warmset keep', () => {
  let directory: TemporaryDirectory;
  let file: string;
  let config: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    directory = await temporaryDirectory('keep');
    await mkdir(directory.file('model'));
    file = directory.file('model', 'a.bin');
    await writeRandomFile(file, PAGES * PAGE_SIZE);
    config = directory.file('warmset.yaml');
    env = { ...BARE_ENVIRONMENT, WARMSET_LOCK_DIRECTORY: directory.file('lock') };
    write();
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  function write(more = ''): void {
    const sets = `sets: [{name: m, targets: ["${directory.file('model')}"]}]`;
    writeFileSync(config, `${sets}\nsweep: {interval: 200ms}\nlog: {level: debug}\n${more}`);
  }

  async function service(...args: readonly string[]): Promise<Running> {
    await evict(file);
    const running = owned(await startCli(['keep', '--config', config, ...args], { env }));
    return running;
  }

  const sees = (running: Running, pattern: RegExp) =>
    expect.poll(() => running.stderr, LONG).toMatch(pattern);

  it('keeps, reloads on SIGHUP, refuses what is wrong, and ends with 0 on SIGTERM', async () => {
    write();
    const running = await service();
    await sees(running, /fill {2}read 512 KiB of m/);
    expect((await oracle(file)).resident).toBe(PAGES);
    write('budget: {maxBytes: 1GiB}\n');
    running.kill('SIGHUP');
    await sees(running, /info {2}config {2}budget\.maxBytes: null -> 1GiB/);
    write('budgett: {}\n');
    running.kill('SIGHUP');
    await sees(running, /error config {2}line 4, column 1: budgett/);
    const { stderr } = running;
    await expect.poll(() => running.stderr.slice(stderr.length), LONG).toMatch(/sweep {2}swept/);
    const started = performance.now();
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, signal: null, stdout: '' });
    // Asked for is a second; a machine with other work may be late.
    expect(performance.now() - started).toBeLessThan(3_000);
    write();
  });

  it('tells how it is, in words and as JSON', async () => {
    const running = await service('--listen', '127.0.0.1:0');
    await sees(running, /url=http:\/\/127\.0\.0\.1:\d+/);
    const port = /url=http:\/\/127\.0\.0\.1:(\d+)/.exec(running.stderr)?.[1];
    await sees(running, /sweep {2}swept/);
    const ask = ['keep', '--status', '--listen', `127.0.0.1:${port}`, '--config', config];
    const words = await cli(ask, { env });
    expect(words).toMatchObject({ code: 0, stderr: '' });
    expect(words.stdout).toMatch(/^SET {2,}FILES/);
    expect(words.stdout).toMatch(/^m +1 +512 KiB/m);
    expect(words.stdout).toMatch(/^cache_hit_ratio +100 %$/m);
    expect(words.stdout).toMatch(/^ttft_p95_ms +unknown$/m);
    expect(json(await cli([...ask, '--json'], { env }))).toMatchObject({
      schema: 'warmset.keep/1',
      cache_hit_ratio: 1,
      health: { live: true, ready: true },
    });
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, 'ready\n']);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/^warmset_cache_hit_ratio\{set="m"\} 1$/m);
  });

  it('tells systemd when it is ready, alive, reloading and stopping', async () => {
    write();
    const address = directory.file('notify');
    await using systemd = start(fixture('datagrams'), [address]);
    await systemd.saw(/^ready$/m);
    const notified = { ...env, NOTIFY_SOCKET: address, WATCHDOG_USEC: '400000' };
    const running = owned(await startCli(['keep', '--config', config], { env: notified }));
    await systemd.saw(/ READY=1\|STATUS=/);
    await systemd.saw(/ WATCHDOG=1\n/);
    running.kill('SIGHUP');
    await systemd.saw(/ RELOADING=1\|MONOTONIC_USEC=\d+\n.* READY=1\n/s);
    running.kill('SIGTERM');
    await systemd.saw(/ STOPPING=1\n/);
    expect(await running.ended).toMatchObject({ code: 0 });
    // `NotifyAccess=main` believes the main process alone.
    const senders = systemd.stdout.split('\n').flatMap((line) => /^(\d+) /.exec(line)?.[1] ?? []);
    expect(new Set(senders)).toEqual(new Set([String(running.pid)]));
  });

  it('serves on a Unix socket, and --status needs no more than its address', async () => {
    write();
    const socket = `unix:${directory.file('keeper.sock')}`;
    const running = await service('--listen', socket);
    await sees(running, /sweep {2}swept/);
    const status = json(
      await cli(['keep', '--status', '--json', '--listen', socket], { env: BARE_ENVIRONMENT }),
    );
    expect(status).toMatchObject({ schema: 'warmset.keep/1', sweep: { sets: [{ name: 'm' }] } });
  });

  it('--status without a keeper says so', async () => {
    const result = await cli(['keep', '--status', '--listen', '127.0.0.1:1', '--config', config], { env });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^warmset: no keeper answers at 127\.0\.0\.1:1: /);
  });

  it.each([
    ['the share is resident', [], 0, PAGES],
    ['the budget held it back', ['budget: {maxBytes: 64KiB}'], 3, 16],
    ['a smaller share is enough', ['budget: {maxBytes: 256KiB}', 'share: 50%'], 0, 64],
    ['it is rolled back', ['enabled: false'], 0, 0],
  ])('--once when %s', async (_what, more, code, resident) => {
    write(more.join('\n'));
    await evict(file);
    const result = await cli(['keep', '--once', '--json', '--config', config], { env });
    write();
    expect(result.code).toBe(code);
    expect(json(result)).toMatchObject({ schema: 'warmset.keep/1' });
    expect((await oracle(file)).resident).toBe(resident);
  });

  it('--once of what is not there exits with 1, and with 2 of what can not be used', async () => {
    const missing = await cli(['keep', '--once', directory.file('missing')], { env });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('problem');
    expect((await cli(['keep', '--config', directory.file('none.yaml')], { env })).code).toBe(2);
    expect((await cli(['keep', '--config', config, file], { env })).code).toBe(2);
  });

  it('--best-effort forgives what is missing and what was held back, and nothing else', async () => {
    const once = (...words: string[]) => cli(['keep', '--once', '--best-effort', ...words], { env });
    write('budget: {maxBytes: 64KiB}');
    await evict(file);
    const held = await once('--config', config);
    write();
    expect(held.code).toBe(0);
    expect((await oracle(file)).resident).toBe(16);
    expect((await once(directory.file('missing'))).code).toBe(0);
    expect((await once('--config', directory.file('none.yaml'))).code).toBe(2);
  });

  it('WARMSET_ENABLED=0 does nothing, says so, and stays', async () => {
    await evict(file);
    const off = { ...env, WARMSET_ENABLED: '0' };
    const args = ['keep', '--config', directory.file('none.yaml'), '--listen', '127.0.0.1:0'];
    const running = owned(await startCli(args, { env: off }));
    await sees(running, /state {2}stopped: enabled is false/);
    const url = /url=(\S+)/.exec(running.stderr)?.[1];
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect((await oracle(file)).resident).toBe(0);
  });

  it('a second one leaves with 3 when it is told to, or waits until the first is killed', async () => {
    const first = await service();
    await sees(first, /lock {2}this is the keeper/);
    const leaving = await cli(['keep', '--config', config], {
      env: { ...env, WARMSET_LOCK_WHEN_HELD: 'leave' },
    });
    expect(leaving.code).toBe(3);
    const second = owned(await startCli(['keep', '--config', config], { env }));
    await sees(second, /another keeper has the lock/);
    first.kill('SIGKILL');
    await sees(second, /lock {2}this is the keeper/);
  });

  it('--once beside a keeper ends with 0 as soon as that one has made the share resident, with 3 if it never does', async () => {
    write();
    const first = await service();
    await sees(first, /lock {2}this is the keeper/);
    const kept = await cli(['keep', '--once', '--deadline', '20s', '--config', config], { env });
    expect(kept).toMatchObject({ code: 0, stderr: expect.stringContaining('resident by the other keeper') });
    expect((await oracle(file)).resident).toBe(PAGES);
    const other = directory.file('not-kept.bin');
    await writeRandomFile(other, PAGE_SIZE);
    await evict(other);
    const cold = await cli(['keep', '--once', '--deadline', '2s', other], { env });
    expect(cold.code).toBe(3);
    expect((await oracle(other)).resident).toBe(0);
  });

  it('--once ends within its deadline, with 1 and what was read until then', async () => {
    write('guard: false\nfill: {rate: 64KiB/s}\n');
    await evict(file);
    const before = performance.now();
    const result = await cli(['keep', '--once', '--deadline', '2500ms', '--json', '--config', config], {
      env,
    });
    write();
    expect(result.code).toBe(1);
    // Starting a process and ending it aren't the keeper's to bound.
    expect(performance.now() - before).toBeLessThan(4_000);
    const { resident } = await oracle(file);
    expect(resident).toBeGreaterThan(0);
    expect(resident).toBeLessThan(PAGES);
    expect(json(result)).toMatchObject({ sweep: { sets: [{ residentBytes: resident * PAGE_SIZE }] } });
  });

  itWith(
    [root, fuse],
    'SIGTERM in the middle of a slow fill ends it with 0, and what was read is told',
    async () => {
      const mount = owned(await mountSlowfs(directory.file('model'), { faults: { delayUs: 300_000 } }));
      const slow = `sets: [{name: m, targets: ["${mount.path}"]}]\nguard: false\nfill: {engine: read, streams: 1, window: 4KiB}\n`;
      const slowConfig = directory.file('slow.yaml');
      writeFileSync(slowConfig, slow);
      const running = owned(
        await startCli(['keep', '--config', slowConfig, '--log-format', 'json'], { env }),
      );
      await expect.poll(() => mount.stats().reads, LONG).toBeGreaterThan(1);
      const started = performance.now();
      running.kill('SIGTERM');
      const { code, stderr } = await running.ended;
      expect(code).toBe(0);
      expect(performance.now() - started).toBeLessThan(4_000);
      const events = stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      // What was read until then is told.
      expect(events.find(({ event }) => event === 'fill')?.readBytes).toBeGreaterThan(0);
      expect(events.map(({ event }) => event)).toContain('stop');
    },
  );

  itWith([pseudoTerminal], 'fits a terminal', async () => {
    write();
    const { code, screen } = await inTerminal(['keep', '--once', '--config', config], {
      columns: 60,
      env: { ...env, NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    expect(screen).toMatch(/SET +.*SHARE/);
    expect(screen).toContain('cache_hit_ratio');
  });
});
