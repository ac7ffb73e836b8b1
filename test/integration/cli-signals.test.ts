import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith, fuse, root } from '../support/capabilities.ts';
import { json, startCli } from '../support/cli.ts';
import { halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { mountSlowfs, type SlowfsMount } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import type { Running } from '../support/run.ts';

// So slow that no warm can end before its signal; each call of the fill reads one page, and every read is the fill's.
const SLOW = ['--no-guard', '--engine', 'read', '--streams', '1', '--window', '4KiB'];

describeWith([root, fuse], 'a signal in the middle of a slow warm', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());

  async function startWarm(args: readonly string[]): Promise<{ warm: Running; mount: SlowfsMount }> {
    const mount = owned(await mountSlowfs(model.path, { faults: { delayUs: 400_000 } }));
    const warm = owned(await startCli(['warm', ...SLOW, ...args, mount.path]));
    await expect.poll(() => mount.stats().reads, { timeout: 15_000 }).toBeGreaterThan(0);
    return { warm, mount };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s prints what was done and exits with %d', async (signal, code) => {
    const { warm } = await startWarm([]);
    warm.kill(signal);
    const result = await warm.ended;
    expect(result.code).toBe(code);
    expect(result.stdout).toMatch(/^stopped {11}before everything was read$/m);
    expect(result.stdout).toMatch(/^resident now {6}[\d.]+ KiB, [\d.]+ %, measured after the fill$/m);
  });

  it('--json prints the partial result, verified', async () => {
    const { warm } = await startWarm(['--json']);
    warm.kill('SIGTERM');
    const result = await warm.ended;
    expect(result.code).toBe(143);
    const document = json({ ...result, timedOut: false });
    expect(document).toMatchObject({ schema: 'warmset.warm/1', stopped: { reason: 'aborted' }, lost: 0 });
    expect(document.read).toBeGreaterThan(0);
    expect(document.read).toBeLessThan(Number(document.asked));
    expect(document.residentNow).toBeGreaterThanOrEqual(Number(document.read));
  });

  it('the second one ends at once, with nothing printed', async () => {
    const { warm, mount } = await startWarm([]);
    // The drain waits for the call that is under way.
    await mount.set({ delayUs: 20_000_000 });
    const { reads } = mount.stats();
    await expect.poll(() => mount.stats().reads, { timeout: 5_000 }).toBeGreaterThanOrEqual(reads);
    warm.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    warm.kill('SIGTERM');
    const result = await warm.ended;
    expect(result).toMatchObject({ code: 143, stdout: '' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('before there is anything to tell, it says so', async () => {
    const status = owned(await startCli(['status', '-']));
    await new Promise((resolve) => setTimeout(resolve, 500));
    status.kill('SIGINT');
    expect(await status.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: 'warmset: stopped by SIGINT before anything was done\n',
    });
  });
});
