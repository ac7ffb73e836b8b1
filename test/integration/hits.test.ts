import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHitWatch } from '../../lib/keeper/hits.ts';
import { evict, makePagesResident } from '../support/cache.ts';
import { cc, cgroupV1Memory, itWith, nobody, root } from '../support/capabilities.ts';
import { memoryCgroup } from '../support/cgroup.ts';
import { fixture } from '../support/compile.ts';
import { libraryChild } from '../support/library-child.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const BYTES = 32 * 2 ** 20;
const READ = `
  const { readFileSync } = await import('node:fs');
  return readFileSync(args).length;`;

let directory: TemporaryDirectory;
let file: string;

beforeEach(async () => {
  directory = await temporaryDirectory('hits');
  file = directory.file('model');
  await writeRandomFile(file, BYTES);
  await evict(file);
});

afterEach(async () => {
  await directory[Symbol.asyncDispose]();
});

itWith(cc, 'a server that reads a cold file has no hits, and then a warm one has nothing else', async () => {
  await using child = await libraryChild();
  const pid = await child.call<number>('return process.pid;');
  const watch = createHitWatch({ pid });
  expect(await watch.sample()).toBeNull();
  expect(await child.call<number>(READ, file)).toBe(BYTES);
  const cold = await watch.sample();
  expect(cold?.readBytes).toBeGreaterThanOrEqual(BYTES);
  expect(cold?.fromDeviceBytes).toBeGreaterThan(0.7 * BYTES);
  expect(cold?.hitRatio).toBeLessThan(0.3);
  await child.call<number>(READ, file);
  const warm = await watch.sample();
  expect(warm?.readBytes).toBeGreaterThanOrEqual(BYTES);
  expect(warm?.hitRatio).toBeGreaterThan(0.8);
  watch.close();
});

itWith([root, nobody], 'a process of another user is unknown, and one of the same user is not', async () => {
  await using child = await libraryChild({ uid: NOBODY });
  const sample = (pid: number): Promise<unknown> =>
    child.call(
      `const { createHitWatch } = await import(process.argv[1] + '/hits.js');
      const watch = createHitWatch({ pid: args });
      await watch.sample();
      return watch.sample();`,
      pid,
    );
  expect(await sample(process.pid)).toBeNull();
  expect(await sample(await child.call<number>('return process.pid;'))).toMatchObject({
    fromDeviceBytes: expect.any(Number),
  });
});

itWith(
  [cc, cgroupV1Memory],
  'a cgroup: one that maps and began meanwhile counts, cold and warm',
  async () => {
    await using cgroup = await memoryCgroup(256 * 2 ** 20);
    const watch = createHitWatch({ cgroup: cgroup.path });
    const held = (): ReturnType<typeof cgroup.start> =>
      cgroup.start(fixture('hold'), ['mmap', file, '0', String(BYTES)]);

    expect(await watch.sample()).toBeNull();
    {
      await using mapping = held();
      await mapping.saw(/^ready$/m);
      const cold = await watch.sample();
      expect(cold?.majorFaults).toBeGreaterThan(100);
      expect(cold?.fromDeviceBytes).toBeGreaterThan(0.7 * BYTES);
      expect(cold?.hitRatio).toBeLessThan(0.3);
    }
    await makePagesResident(
      file,
      Array.from({ length: BYTES / 4096 }, (_, page) => page),
    );
    await watch.sample();
    {
      await using mapping = held();
      await mapping.saw(/^ready$/m);
      const warm = await watch.sample();
      // A mapping's hits leave no trace: nothing came from the device, and that is all there is to see.
      expect(warm?.fromDeviceBytes).toBeLessThan(0.1 * BYTES);
      expect(warm?.majorFaults).toBeLessThan(100);
    }
  },
);

it('a process that never was is unknown', async () => {
  const watch = createHitWatch({ pid: 2 ** 22 + 1 });
  expect([await watch.sample(), await watch.sample()]).toEqual([null, null]);
});
