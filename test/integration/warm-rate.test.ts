import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RateLimit, resolveTargets, warm } from '../../lib/index.ts';
import { evict, oracle } from '../support/cache.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;

let directory: TemporaryDirectory | undefined;

afterEach(async () => {
  await directory?.[Symbol.asyncDispose]();
  directory = undefined;
});

async function coldSet(bytes: number, name = 'model') {
  directory ??= await temporaryDirectory('rate');
  const file = directory.file(name);
  await writeRandomFile(file, bytes, 3);
  await evict(file);
  return { file, set: await resolveTargets([file]) };
}

describe('a limited rate', () => {
  // Faster than the limit is an error at any time; slower can be the machine.
  it('is not exceeded, and everything comes in all the same', async () => {
    const { set, file } = await coldSet(64 * MIB);
    const result = await warm(set, { rate: '80MiB/s' });
    expect(result).toMatchObject({ read: 64 * MIB, residentNow: 64 * MIB });
    expect(result.bytesPerSecond).toBeLessThan(80 * MIB * 1.1);
    expect((await oracle(file)).resident).toBe((64 * MIB) / 4096);
  });

  it('holds for the kernel too: it does not read ahead', async () => {
    const { set, file } = await coldSet(64 * MIB);
    const stop = new AbortController();
    const started = performance.now();
    const warming = warm(set, { rate: 20 * MIB, signal: stop.signal });
    await delay(500);
    stop.abort();
    const result = await warming;
    const seconds = (performance.now() - started) / 1000;
    expect(result.stopped).toMatchObject({ reason: 'aborted' });
    // Two pieces of a 25th of a second may be on their way.
    const most = 20 * MIB * (seconds + 2 / 25);
    expect((await oracle(file)).resident * 4096).toBeLessThan(most);
  });

  it('is shared by several fills, and can be changed while they run', async () => {
    const first = await coldSet(32 * MIB, 'first');
    const second = await coldSet(32 * MIB, 'second');
    const rate = new RateLimit('1MiB/s');
    const started = performance.now();
    const both = Promise.all([warm(first.set, { rate }), warm(second.set, { rate })]);
    await delay(200);
    rate.set('160MiB/s');
    const results = await both;
    expect(results.map(({ residentNow }) => residentNow)).toEqual([32 * MIB, 32 * MIB]);
    // 64 MiB at 160 MiB/s take 0.4 s behind the first 0.2; two limits of their own would take half of it.
    expect(performance.now() - started).toBeGreaterThan(200 + 0.9 * 400);
    expect(rate.bytesPerSecond).toBe(160 * MIB);
  });

  it('that is missing changes nothing, and can come and go while a fill runs', async () => {
    const { set, file } = await coldSet(64 * MIB);
    const rate = RateLimit.unlimited();
    expect((await warm(set, { rate })).residentNow).toBe(64 * MIB);
    await evict(file);
    rate.set('8MiB/s');
    const started = performance.now();
    const warming = warm(set, { rate });
    await delay(500);
    const seconds = (performance.now() - started) / 1000;
    // Two pieces of a 25th of a second may be on their way.
    expect((await oracle(file)).resident * 4096).toBeLessThan(8 * MIB * (seconds + 2 / 25) + MIB);
    rate.set(null);
    expect(rate.bytesPerSecond).toBeNull();
    // At the old rate it would take another seven seconds and more.
    const result = await warming;
    expect(result.residentNow).toBe(64 * MIB);
    expect(result.seconds).toBeLessThan(7);
  });

  it('can be paused: nothing is read until it is resumed, and an abort still ends it', async () => {
    const { set, file } = await coldSet(64 * MIB);
    const rate = new RateLimit('32MiB/s');
    const stop = new AbortController();
    const warming = warm(set, { rate, signal: stop.signal });
    await delay(300);
    rate.pause();
    expect(rate.paused).toBe(true);
    // A window may be on its way.
    await delay(300);
    const paused = (await oracle(file)).resident;
    expect(paused).toBeLessThan((64 * MIB) / 4096);
    await delay(500);
    // The kernel may take cold pages back by itself; more of them would be ours.
    expect((await oracle(file)).resident).toBeLessThanOrEqual(paused);
    rate.resume();
    while ((await oracle(file)).resident <= paused) await delay(20);
    rate.pause();
    stop.abort();
    const result = await warming;
    expect(result.stopped).toMatchObject({ reason: 'aborted' });
    expect(result.read).toBeGreaterThan(0);
    expect(result.read).toBeLessThan(64 * MIB);
  });

  it('that is none is refused', async () => {
    const { set } = await coldSet(4096);
    await expect(warm(set, { rate: 'fast' })).rejects.toMatchObject({ code: 'WARMSET_BAD_ARGUMENT' });
    await expect(warm(set, { rate: 0 })).rejects.toMatchObject({ code: 'WARMSET_BAD_ARGUMENT' });
  });
});
