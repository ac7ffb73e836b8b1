import { truncate } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { resolveTargets } from '../../lib/index.ts';
import { fillBeside } from '../../lib/launch/beside/fill-beside.ts';
import type { BesideProgress, BesideResult } from '../../lib/launch/types.ts';
import { evict } from '../support/cache.ts';
import { cc, describeWith, ext4Loop, loopDevices, root } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { mountLoop } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { blkioThrottle, throttled } from '../support/throttle.ts';

const MIB = 1 << 20;

async function coldFile(file: string, bytes: number): Promise<string> {
  await writeRandomFile(file, bytes);
  await evict(file);
  return file;
}

interface Told {
  readonly result: BesideResult;
  /** The last that was told on the way. */
  readonly progress: BesideProgress | undefined;
}

/** A fill beside a loader, ended as soon as that has loaded. */
async function besideLoader(file: string, way: 'copy' | 'read', sleepMs: number): Promise<Told> {
  const gone = new AbortController();
  const set = await resolveTargets([file]);
  const loader = owned(start(fixture('loader'), [String(sleepMs), way, '0', file]));
  if (loader.pid === undefined) throw new Error('the loader did not start');
  let progress: BesideProgress | undefined;
  const filling = fillBeside(set, {
    ...{ pid: loader.pid, guard: false, watchOn: true, signal: gone.signal },
    onProgress: (one) => {
      progress = one;
    },
  });
  await loader.saw(/^loaded /m, 40_000);
  gone.abort();
  return { result: await filling, progress };
}

describeWith([root, cc], 'what is told of a fill beside a loader', () => {
  it('counts what a fast loader read until the very end', async () => {
    await using directory = await temporaryDirectory('told');
    const file = await coldFile(directory.file('model'), 384 * MIB);
    const { result } = await besideLoader(file, 'read', 0);
    const { residentBefore, warmedAhead, leftToLoader } = result;
    const told = (residentBefore ?? 0) + warmedAhead + (leftToLoader ?? 0);
    expect(told).toBeGreaterThan(376 * MIB);
  });

  it('says of a file that is cut off meanwhile that not all of it was filled', async () => {
    await using directory = await temporaryDirectory('told');
    const file = await coldFile(directory.file('model'), 128 * MIB);
    const set = await resolveTargets([file]);
    const filling = fillBeside(set, { pid: process.pid, guard: false, rate: 64 * MIB });
    await truncate(file, MIB);
    expect((await filling).why).toContain(`${file} changed`);
  });
});

describeWith([root, cc, ext4Loop, loopDevices, blkioThrottle], 'beside a loader under one limit', () => {
  it('no more is told on the way than in the end', async () => {
    await using mount = await mountLoop('ext4', 160 * MIB);
    const file = await coldFile(mount.file('model'), 112 * MIB);
    await using cgroup = await throttled(mount.device, 16 * MIB);
    await using _inside = await cgroup.enter(process.pid);
    const { result, progress } = await besideLoader(file, 'copy', 300);
    const { warmedAhead, leftToLoader } = result;
    expect(progress?.read).toBeLessThanOrEqual(warmedAhead);
    expect(warmedAhead + (leftToLoader ?? 0)).toBeGreaterThan(96 * MIB);
  }, 60_000);
});
