import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHitWatch } from '../../../lib/keeper/hits.ts';
import { fixtureRoot } from '../host/fixture-root.ts';

const CGROUP = '/sys/fs/cgroup/server';

/** A `/proc` in which processes read, begin and end as told. The caller itself began at tick 0. */
async function fakeHost() {
  const { root = '/' } = await fixtureRoot({ '/proc/self/stat': stat('self', 0, 0), '/proc/self/io': '' });
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  return {
    root,
    async process(pid: number, startTicks: number, rchar: number | null, readBytes = 0, faults = 0) {
      await put(`/proc/${pid}/stat`, stat(String(pid), faults, startTicks));
      if (rchar === null) await rm(join(root, `/proc/${pid}/io`), { force: true });
      else await put(`/proc/${pid}/io`, `rchar: ${rchar}\nwchar: 9\nread_bytes: ${readBytes}\n`);
    },
    ends: (pid: number) => rm(join(root, `/proc/${pid}`), { recursive: true }),
    async members(...pids: number[]) {
      await put(`${CGROUP}/cgroup.procs`, pids.map((pid) => `${pid}\n`).join(''));
    },
    refaults: (pages: number) => put(`${CGROUP}/memory.stat`, `workingset_refault_file ${pages}\n`),
  };
}

function stat(pid: string, majorFaults: number, startTicks: number): string {
  const behindFaults = Array(9).fill('0').join(' ');
  return `${pid} (a b) S 1 1 1 0 -1 0 100 0 ${majorFaults} ${behindFaults} ${startTicks} 0 0\n`;
}

/** A start that lies behind every look of this test. */
const LATER = 10 ** 12;

describe('a process', () => {
  test('is compared with itself, from one sample to the next', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ pid: 7 }, host);
    await host.process(7, 100, 50_000, 40_000, 3);
    expect(await watch.sample()).toBeNull();
    await host.process(7, 100, 51_000, 40_000, 3);
    expect(await watch.sample()).toMatchObject({ hitRatio: 1, readBytes: 1000, watched: { pid: 7 } });
    await host.process(7, 100, 52_000, 41_000, 3);
    expect(await watch.sample()).toMatchObject({ hitRatio: 0, readBytes: 1000, majorFaults: 0 });
    expect(await watch.sample()).toMatchObject({ hitRatio: null, readBytes: 0 });
  });

  test('that ended, and another one with its number, begin anew', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ pid: 7 }, host);
    await host.process(7, 100, 1000);
    await watch.sample();
    await host.process(7, LATER, 900_000, 800_000);
    expect(await watch.sample()).toBeNull();
    await host.process(7, LATER, 900_100, 800_000);
    expect(await watch.sample()).toMatchObject({ hitRatio: 1, readBytes: 100 });
    await host.ends(7);
    expect(await watch.sample()).toBeNull();
    await host.process(7, LATER, 900_200, 800_000);
    expect(await watch.sample()).toBeNull();
  });

  test('whose counters may not be read, or run backwards, gives nothing', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ pid: 7 }, host);
    await host.process(7, 100, null);
    expect([await watch.sample(), await watch.sample()]).toEqual([null, null]);
    await host.process(7, 100, 1000);
    await watch.sample();
    await host.process(7, 100, 999);
    expect(await watch.sample()).toBeNull();
  });

  test('two samples at once are one, and none is taken once closed', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ pid: 7 }, host);
    await host.process(7, 100, 1000);
    await watch.sample();
    await host.process(7, 100, 3000);
    const [one, other] = await Promise.all([watch.sample(), watch.sample()]);
    expect(one).toMatchObject({ readBytes: 2000 });
    expect(other).toBe(one);
    const late = watch.sample();
    watch.close();
    expect([await late, await watch.sample()]).toEqual([null, null]);
  });
});

describe('a cgroup', () => {
  test('is the sum of its processes, however they come and go', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ cgroup: CGROUP }, host);
    await host.members(11, 12);
    await host.refaults(100);
    await host.process(11, 100, 10_000);
    await host.process(12, 100, 10_000);
    expect(await watch.sample()).toBeNull();

    await host.process(11, 100, 13_000);
    await host.ends(12);
    await host.process(13, LATER, 1000, 1000);
    await host.members(11, 13);
    await host.refaults(103);
    expect(await watch.sample()).toMatchObject({
      watched: { cgroup: CGROUP },
      readBytes: 4000,
      hitRatio: 0.75,
      refaultedBytes: expect.toSatisfy((bytes: number) => bytes % 3 === 0 && bytes >= 3 * 4096),
      method: expect.not.stringContaining('some of its processes'),
    });
  });

  test('what came from elsewhere counts from now on, and its absence is told', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ cgroup: CGROUP }, host);
    await host.members(11);
    await host.process(11, 100, 10_000);
    await watch.sample();
    await host.process(12, 0, 7_000_000, 7_000_000);
    await host.members(11, 12);
    expect(await watch.sample()).toMatchObject({
      readBytes: 0,
      refaultedBytes: null,
      method: expect.stringContaining('some of its processes'),
    });
    await host.process(12, 0, 7_000_500, 7_000_000);
    expect(await watch.sample()).toMatchObject({
      readBytes: 500,
      method: expect.not.stringContaining('some of its processes'),
    });
  });

  test('of which some may not be read is told so; none at all is unknown, and so is one that is gone', async () => {
    const host = await fakeHost();
    const watch = createHitWatch({ cgroup: CGROUP }, host);
    expect(await watch.sample()).toBeNull();
    await host.members(11, 12);
    await host.process(11, 100, 10_000);
    await host.process(12, 100, null);
    await watch.sample();
    await host.process(11, 100, 10_001);
    expect(await watch.sample()).toMatchObject({
      readBytes: 1,
      method: expect.stringContaining('some of its processes'),
    });
    await host.process(11, 100, null);
    expect(await watch.sample()).toBeNull();
    await host.members();
    await watch.sample();
    expect(await watch.sample()).toMatchObject({ hitRatio: null, readBytes: 0 });
  });
});
