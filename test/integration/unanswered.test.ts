import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HostGuard, resolveTargets, type Verdict, warm } from '../../lib/index.ts';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;
// Longer than anything here waits for; the filesystem sleeps it out before it can be unmounted.
const GONE_US = 8_000_000;

/** A file on a filesystem that answers quickly until it is told not to answer. */
async function slowModel(directory: Awaited<ReturnType<typeof temporaryDirectory>>) {
  await writeRandomFile(directory.file('model'), 256 * MIB);
  const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 2_000 } }));
  return { mount, set: await resolveTargets([mount.file('model')]) };
}

describeWith([root, cc, fuse], 'a device that stops answering', () => {
  it('holds nobody up who ends the fill, and what was read counts', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory();
    const { mount, set } = await slowModel(directory);
    const controller = new AbortController();
    let read = 0;
    const filling = warm(set, {
      guard: false,
      signal: controller.signal,
      onProgress: (progress) => {
        read = Math.max(read, progress.read);
      },
    });
    while (read === 0) await delay(10);
    await mount.set({ delayUs: GONE_US });
    await delay(300);
    controller.abort();
    const late = delay(GONE_US / 1000 / 2, 'late' as const);
    const result = await Promise.race([filling, late]);
    if (result === 'late') throw new Error('the fill waited for its device');
    expect(result.stopped).toMatchObject({ reason: 'aborted' });
    expect(result.read).toBeGreaterThan(0);
    expect(result.read).toBeLessThan(256 * MIB);
    // Where even opening the file waits for the device, nobody knows, and that is said.
    if (result.unverifiedFiles === 0) expect(result.residentNow).toBeGreaterThanOrEqual(result.read);
    else expect(result.residentNow).toBe(0);
    await mount.set({});
    await delay(GONE_US / 1000);
  });

  it('is slow for the guard before it answers', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory();
    const { mount, set } = await slowModel(directory);
    const controller = new AbortController();
    const verdicts: Verdict[] = [];
    const guard = new HostGuard({ onVerdict: (verdict) => verdicts.push(verdict) });
    const filling = warm(set, { guard, rate: 16 * MIB, signal: controller.signal });
    while (verdicts.length < 2) await delay(10);
    const before = verdicts.length;
    await mount.set({ delayUs: GONE_US });
    await delay(GONE_US / 1000 / 2);
    const meanwhile = verdicts.slice(before);
    expect(meanwhile.at(-1)).toMatchObject({ action: expect.stringMatching(/^(slow|pause)$/) });
    controller.abort();
    await filling;
    await mount.set({});
    await delay(GONE_US / 1000 / 2);
  });
});
