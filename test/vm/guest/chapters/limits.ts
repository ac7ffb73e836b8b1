import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { readCgroupMemory, readCgroupPressure } from '../../../../lib/host/index.ts';
import { Cgroups, readEntry, readNumber, setLimit } from '../cgroup.ts';
import { check } from '../checks.ts';
import type { PlanDocument, WarmDocument } from '../documents.ts';
import { withFill } from '../guarded-fill.ts';
import { mustRun, warmsetIn } from '../programs.ts';
import { evictAll, through } from './residency.ts';

const MIB = 2 ** 20;
// The set alone would fill it, and what Node takes comes on top.
const LIMIT = 64 * MIB;
const HOG = '/run/hog';
const ROOM = 120 * MIB;
const FLOOR = 32 * MIB;
const LOWER = 48 * MIB;

export async function warmUnderLimits(device: string): Promise<void> {
  const groups = await Cgroups.make('warmset-test');
  await check('plan names the ancestor whose memory.max binds', async () => {
    await evictAll();
    await setLimit(groups.outer, 'memory.max', String(LIMIT));
    const { budget, leftOut } = await warmsetIn<PlanDocument>(groups.inner, 'plan', ...through);
    assert.equal(budget.binding, 'cgroup');
    assert.match(budget.reason, /memory\.max of 64\.0 MiB/);
    assert.equal(lowest(budget)?.path, groups.outer);
    assert.ok(leftOut > 0 && budget.allowed < LIMIT);
    return budget.reason;
  });
  await check('warm stays below it: the kernel never had to take anything back', async () => {
    const warmed = await warmsetIn<WarmDocument>(groups.inner, 'warm', ...through);
    assert.equal(warmed.stopped?.reason, 'budget');
    assert.equal(warmed.lost, 0);
    assert.ok(warmed.read > 0 && warmed.residentNow <= warmed.budget.allowed);
    const peak = await readNumber(groups.outer, 'memory.peak');
    assert.ok(peak <= LIMIT, `${peak} bytes at the most`);
    for (const event of ['max', 'oom', 'oom_kill'])
      assert.equal(await readEntry(groups.outer, 'memory.events', event), 0, event);
    // Whoever reads a page first is charged for it, here the inner one.
    assert.ok((await readEntry(groups.inner, 'memory.stat', 'file')) >= warmed.read);
    return `read ${warmed.read} bytes, ${peak} bytes charged at the most`;
  });
  await check('a lower memory.high further down binds instead', async () => {
    await evictAll();
    await setLimit(groups.inner, 'memory.high', String(LOWER));
    const { budget } = await warmsetIn<PlanDocument>(groups.inner, 'plan', ...through);
    assert.equal(lowest(budget)?.path, groups.inner);
    assert.match(budget.reason, /memory\.high of 48\.0 MiB/);
    return budget.reason;
  });
  await check('every ancestor and its pressure are read', async () => {
    await setLimit(groups.inner, 'memory.high', 'max');
    await setLimit(groups.outer, 'memory.max', String(512 * MIB));
    const reading = await groups.hold(() => readCgroupMemory());
    assert.equal(reading.state, 'known');
    assert.deepEqual(
      reading.cgroups.map(({ path, limit, version }) => [path, limit, version]),
      [
        [groups.inner, null, 2],
        [groups.outer, 512 * MIB, 2],
      ],
    );
    assert.deepEqual(reading.gaps, []);
    for (const resource of ['memory', 'io'] as const) {
      const pressure = await readCgroupPressure(groups.inner, resource);
      assert.ok(pressure?.some, resource);
    }
    return undefined;
  });
  await check('the guard pauses while somebody else fills the cgroup, and goes on after', () =>
    groups.hold(() => crowdOut(groups)),
  );
  await check('io.max holds a warm back and breaks nothing', async () => {
    await setLimit(groups.inner, 'memory.high', 'max');
    await setLimit(groups.outer, 'memory.max', 'max');
    await evictAll();
    const number = (await mustRun('lsblk', '--noheadings', '--nodeps', '--output', 'MAJ:MIN', device)).trim();
    await setLimit(groups.inner, 'io.max', `${number} rbps=${8 * MIB}`);
    const warmed = await warmsetIn<WarmDocument>(groups.inner, 'warm', '--no-guard', String(through[1]));
    assert.equal(warmed.residentNow, warmed.asked);
    assert.ok(warmed.read / warmed.seconds < 12 * MIB, `${warmed.read / warmed.seconds} bytes a second`);
    return `${(warmed.read / warmed.seconds / MIB).toFixed(1)} MiB/s`;
  });
  await groups.remove();
}

/** In a cgroup with a limit: a file in memory is charged to it and can't be dropped. */
async function crowdOut({ outer, inner }: Cgroups): Promise<string> {
  await setLimit(inner, 'memory.high', 'max');
  await setLimit(outer, 'memory.max', 'max');
  await evictAll();
  await setLimit(outer, 'memory.max', String((await readNumber(outer, 'memory.current')) + ROOM));
  const guard = { limits: { cgroupFloorBytes: FLOOR } };
  return withFill({ guard, rate: 3 * MIB }, async (seen) => {
    await seen('anything', () => true);
    const current = await readNumber(outer, 'memory.current');
    const left = (await readNumber(outer, 'memory.max')) - current;
    await mustRun('sh', '-c', `head -c ${left - FLOOR / 2} /dev/zero > ${HOG}`);
    const paused = await seen('a pause', ({ action }) => action === 'pause');
    await rm(HOG);
    await seen('its end', ({ action }) => action === 'go' || action === 'slow');
    assert.ok(paused.action === 'pause');
    assert.equal(paused.reason.code, 'cgroup-headroom');
    return paused.reason.message;
  }).finally(() => rm(HOG, { force: true }));
}

function lowest({ limits, allowed }: PlanDocument['budget']) {
  return limits.find(({ bytes }) => bytes === allowed);
}
