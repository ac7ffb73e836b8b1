import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ENGINES, planWarm, resolveTargets, warm } from '../../lib/index.ts';
import { cachestat, mincore } from '../../lib/native/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import {
  cachestat as cachestatSupport,
  cc,
  describeWith,
  ext4Loop,
  fuse,
  loopDevices,
  root,
} from '../support/capabilities.ts';
import { mountSlowfs, type SlowfsMount } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { mountSlowLoop } from '../support/slow-loop.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth } from '../support/truth.ts';

const MIB = 1 << 20;
const SIZE = 64 * MIB;

async function slowFile(directory: TemporaryDirectory): Promise<SlowfsMount> {
  await writeRandomFile(directory.file('model'), SIZE);
  return owned(await mountSlowfs(directory.path, { faults: { delayUs: 20_000 } }));
}

describeWith([root, cc], 'aborting', () => {
  it('before rejects with the reason and reads nothing', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, MIB);
    await evict(file);
    const set = await resolveTargets([file]);
    const reason = new Error('changed my mind');
    const signal = AbortSignal.abort(reason);
    await expect(warm(set, { signal })).rejects.toBe(reason);
    await expect(planWarm(set, { signal })).rejects.toBe(reason);
    expect((await oracle(file)).resident).toBe(0);
  });

  it('when the plan is told stops before the first byte', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, MIB);
    await evict(file);
    const controller = new AbortController();
    const result = await warm(await resolveTargets([file]), {
      signal: controller.signal,
      onPlan: () => controller.abort(),
    });
    expect(result).toMatchObject({ read: 0, residentNow: 0, lost: 0, stopped: { reason: 'aborted' } });
    expect((await oracle(file)).resident).toBe(0);
  });

  it('after the last byte changes nothing', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, MIB);
    await evict(file);
    const controller = new AbortController();
    const result = await warm(await resolveTargets([file]), {
      signal: controller.signal,
      onProgress: ({ phase, read }) => {
        if (phase === 'filling' && read === MIB) controller.abort();
      },
    });
    expect(controller.signal.aborted).toBe(true);
    expect(result).toMatchObject({ read: MIB, residentNow: MIB, stopped: null });
    await expectTruth(result);
  });
});

describeWith([root, cc, fuse], 'aborting a fill', () => {
  it.for(ENGINES)('by %s stops within a window; what was done is there and counted', async (engine) => {
    await using directory = await temporaryDirectory();
    const mount = await slowFile(directory);
    const set = await resolveTargets([mount.file('model')]);
    const controller = new AbortController();
    const filling = warm(set, { engine, signal: controller.signal, windowBytes: 64 * PAGE_SIZE });
    while (mount.stats().bytes < 4 * MIB) await delay(1);
    const aborted = performance.now();
    controller.abort();
    const result = await filling;
    expect(performance.now() - aborted).toBeLessThan(2_000);
    expect(result.stopped).toEqual({ reason: 'aborted', detail: expect.stringMatching(/./) });
    expect(result.read).toBeGreaterThan(0);
    expect(result.read).toBeLessThan(SIZE);
    expect(result).toMatchObject({ asked: SIZE, lost: 0, unverifiedFiles: 0 });
    // What the kernel was still reading ahead arrives behind the count; what was claimed is there.
    const seen = (await oracle(mount.file('model'))).resident * PAGE_SIZE;
    expect(result.residentNow).toBeGreaterThanOrEqual(result.read);
    expect(seen).toBeGreaterThanOrEqual(result.residentNow);
    expect(seen).toBeLessThan(SIZE);
    // Nothing of it goes on.
    await delay(200);
    const later = mount.stats();
    await delay(200);
    expect(mount.stats()).toEqual(later);
  });

  it('leaves the next run to finish', async () => {
    await using directory = await temporaryDirectory();
    const mount = await slowFile(directory);
    const set = await resolveTargets([mount.file('model')]);
    const signal = AbortSignal.timeout(150);
    const first = await warm(set, { signal });
    expect(first.stopped?.reason).toBe('aborted');
    await mount.set({});
    const second = await warm(set);
    expect(second).toMatchObject({ residentNow: SIZE, lost: 0, stopped: null });
    expect(second.alreadyResident + second.read).toBe(SIZE);
    expect(second.alreadyResident).toBeGreaterThanOrEqual(first.residentNow);
    await expectTruth(second);
  });
});

describeWith(
  [root, cc, fuse, ext4Loop, loopDevices, cachestatSupport],
  'aborting a fill from a slow disk',
  () => {
    it('claims nothing that the disk has yet to bring', async () => {
      await using directory = await temporaryDirectory();
      await writeRandomFile(directory.file('model'), SIZE);
      const disk = owned(await mountSlowLoop(directory.path, 2 * SIZE));
      const file = disk.file('model');
      await evict(file);
      await evict(disk.image);
      await disk.disk.set({ delayUs: 400_000 });
      const controller = new AbortController();
      const set = await resolveTargets([file]);
      // The guard would have such a disk read slowly.
      const options = { engine: 'sendfile', streams: 1, windowBytes: PAGE_SIZE, guard: false } as const;
      const filling = warm(set, { ...options, signal: controller.signal });
      while ((await mincore(file)).resident === 0) await delay(5);
      controller.abort();
      const result = await filling;
      const [there, counted] = [await oracle(file), await cachestat(file)];
      expect(counted.cached, 'the reads were over too soon').toBeGreaterThan(there.resident);
      expect(result.stopped?.reason).toBe('aborted');
      expect(result.residentNow).toBeLessThanOrEqual(there.resident * PAGE_SIZE);
      expect(result.residentNow).toBeGreaterThan(0);
      await disk.disk.set({});
    });
  },
);
