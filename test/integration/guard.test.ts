import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readMeminfo } from '../../lib/host/index.ts';
import { HostGuard, RateLimit, resolveTargets, type Verdict, warm } from '../../lib/index.ts';
import { evict } from '../support/cache.ts';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { witness } from '../support/guard-witness.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

/** Takes so many times 256 MiB, and keeps them. */
const TAKER = `
  const taken = Array.from({ length: Number(process.argv[1]) }, () => Buffer.alloc(256 * 2 ** 20, 1));
  console.log('taken');
  setInterval(() => taken.length, 1000);`;

const holds = ({ action }: Verdict): boolean => action !== 'go';

describeWith([root, cc, fuse], 'a guarded fill', () => {
  it('is slowed within a second when the device becomes slow, and says so', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 192 * MIB);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 300 } }));
    const { guard, until } = witness();
    const controller = new AbortController();
    const rate = new RateLimit('40MiB/s');
    const set = await resolveTargets([mount.file('model')]);
    const filling = warm(set, { guard, rate, signal: controller.signal });
    await delay(1_000);
    const changedMs = performance.now();
    await mount.set({ delayUs: 30_000 });
    const { atMs, verdict } = await until(holds, changedMs);
    controller.abort();
    const result = await filling;
    expect(verdict).toMatchObject({ action: 'slow', reason: { code: 'device-slow' } });
    // The goal is a second; a busy machine gets another.
    expect(atMs - changedMs).toBeLessThan(2_000);
    expect(result.guard).toMatchObject({ lastReason: { code: 'device-slow' } });
    expect(result.stopped).toMatchObject({ reason: 'aborted' });
  });

  it('yields to somebody else who reads from the device, and takes it up again', async () => {
    await using directory = await temporaryDirectory('guard');
    await writeRandomFile(directory.file('model'), 1024 * MIB);
    await writeRandomFile(directory.file('other'), 64 * MIB);
    await evict(directory.file('model'));
    const { guard, until } = witness();
    const controller = new AbortController();
    const filling = warm(await resolveTargets([directory.file('model')]), {
      guard,
      // The device may bring it all in at once.
      rate: new RateLimit('100MiB/s'),
      signal: controller.signal,
    });
    await delay(600);
    const begunMs = performance.now();
    const neighbour = owned(start(fixture('neighbour'), [directory.file('other'), '2000']));
    await neighbour.saw(/^ready$/m);
    const { verdict } = await until(
      (one) => one.action === 'slow' && ['others-read', 'io-pressure'].includes(one.reason.code),
      begunMs,
    );
    expect(verdict).toMatchObject({ bytesPerSecond: expect.any(Number) });
    controller.abort();
    await filling;
  });

  it('pauses within a second when somebody takes 60 % of the memory, and goes on when it is given back', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 64 * MIB);
    await evict(directory.file('model'));
    const { memAvailable } = await readMeminfo();
    const { guard, until } = witness();
    const controller = new AbortController();
    const rate = new RateLimit('1MiB/s');
    const set = await resolveTargets([directory.file('model')]);
    const filling = warm(set, { guard, rate, signal: controller.signal });
    await until(({ action }) => action === 'go', 0);
    const wanted = Math.ceil(((memAvailable ?? 0) * 0.6) / (256 * MIB));
    const taker = owned(start(process.execPath, ['--eval', TAKER, String(wanted)]));
    await taker.saw(/^taken$/m, 60_000);
    const takenMs = performance.now();
    const paused = await until(({ action }) => action === 'pause', 0);
    expect(paused.verdict).toMatchObject({ reason: { code: 'memory-fell' } });
    expect(paused.atMs - takenMs).toBeLessThan(2_000);
    await taker.stop();
    await until(({ action }) => action !== 'pause', performance.now());
    controller.abort();
    await filling;
  }, 90_000);

  it('waits while memory is short, and ends when it was short for too long', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 * MIB);
    await evict(directory.file('model'));
    const { guard, seen } = witness({
      // More than any host has.
      limits: { memoryFloorBytes: 2 ** 52, stopAfterSeconds: 1 },
    });
    const result = await warm(await resolveTargets([directory.file('model')]), { guard });
    expect(result).toMatchObject({
      read: 0,
      stopped: { reason: 'guard', detail: expect.stringMatching(/MemAvailable|memory/i) },
      guard: { goSeconds: 0, slowSeconds: 0, lastReason: { code: 'memory-floor' } },
    });
    expect(result.guard?.pauseSeconds).toBeGreaterThan(0.9);
    expect(seen.some(({ verdict }) => verdict.action === 'pause')).toBe(true);
  });

  it('leaves the next fill as open as the first', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 * MIB);
    await evict(directory.file('model'));
    const guard = new HostGuard({ limits: { memoryFloorBytes: 2 ** 52, stopAfterSeconds: 0.5 } });
    await warm(await resolveTargets([directory.file('model')]), { guard });
    expect([guard.rate.paused, guard.rate.bytesPerSecond]).toEqual([false, null]);
  });
});

it('a fill may do without a guard', async () => {
  await using directory = await temporaryDirectory();
  await writeRandomFile(directory.file('model'), MIB);
  await evict(directory.file('model'));
  const result = await warm(await resolveTargets([directory.file('model')]), { guard: false });
  expect(result).toMatchObject({ guard: null, stopped: null });
});
