import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RateLimit, resolveTargets, warm } from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, ext4Loop, loopDevices, root } from '../support/capabilities.ts';
import { witness } from '../support/guard-witness.ts';
import { mountLoop } from '../support/mounts.ts';
import { writeRandomFile } from '../support/temp.ts';
import { blkioThrottle, throttled } from '../support/throttle.ts';

const MIB = 1 << 20;

describeWith([root, cc, ext4Loop, loopDevices, blkioThrottle], 'a guarded fill in a throttled cgroup', () => {
  it('fills at the rate that it is let, and everything is verified', async () => {
    await using mount = await mountLoop('ext4', 96 * MIB);
    const file = mount.file('model');
    await writeRandomFile(file, 24 * MIB);
    await evict(file);
    await using cgroup = await throttled(mount.device, 8 * MIB);
    await using _inside = await cgroup.enter(process.pid);
    const result = await warm(await resolveTargets([file]), { guard: witness().guard });
    expect(result).toMatchObject({ asked: 24 * MIB, read: 24 * MIB, lost: 0, stopped: null });
    // The cgroup lets a slice through at once; what it holds back isn't hidden by a false rate.
    expect(result.bytesPerSecond).toBeLessThan(12 * MIB);
    expect((await oracle(file)).resident).toBe((24 * MIB) / PAGE_SIZE);
  }, 60_000);

  it("doesn't take its own reads that wait there for a slow device, or for a neighbour's", async () => {
    await using mount = await mountLoop('ext4', 320 * MIB);
    const file = mount.file('model');
    await writeRandomFile(file, 256 * MIB);
    await evict(file);
    // Some tenths of a second in front of a probe; longer than a gap can wait for only below 40 MiB/s.
    await using cgroup = await throttled(mount.device, 100 * MIB);
    await using _inside = await cgroup.enter(process.pid);
    const result = await warm(await resolveTargets([file]), { guard: witness().guard });
    expect(result).toMatchObject({ read: 256 * MIB, guard: { slowSeconds: 0, lastReason: null } });
  }, 60_000);

  it('is slowed when the cgroup is throttled meanwhile, as the device answers late', async () => {
    await using mount = await mountLoop('ext4', 192 * MIB);
    const file = mount.file('model');
    await writeRandomFile(file, 128 * MIB);
    await evict(file);
    await using cgroup = await throttled(mount.device, 0);
    await using _inside = await cgroup.enter(process.pid);
    const { guard, until } = witness();
    const controller = new AbortController();
    const filling = warm(await resolveTargets([file]), {
      guard,
      rate: new RateLimit('16MiB/s'),
      signal: controller.signal,
    });
    await delay(1_500);
    const changedMs = performance.now();
    await cgroup.limit(MIB);
    const { verdict } = await until(({ action }) => action !== 'go', changedMs);
    expect(verdict).toMatchObject({ action: 'slow', reason: { code: 'device-slow' } });
    controller.abort();
    await cgroup.limit(0);
    expect(await filling).toMatchObject({ stopped: { reason: 'aborted' } });
  }, 60_000);
});
