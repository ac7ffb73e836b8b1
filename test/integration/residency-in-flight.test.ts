import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cachestat } from '../../lib/native/index.ts';
import { evict, hold, oracle, PAGE_SIZE } from '../support/cache.ts';
import * as capabilities from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { disagreements, measured } from '../support/measured.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { mustRun, type Running } from '../support/run.ts';
import { mountSlowLoop, type SlowLoop } from '../support/slow-loop.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const { describeWith, root, fuse, ext4Loop, loopDevices } = capabilities;

const PAGES = 8192;
// Little enough that a sample of pages would rarely find it.
const ABSENT = 8;

/** Makes all but the last pages resident and keeps them so: kernels take what is cold away at any time. */
async function holdAllButTheLast(file: string): Promise<Running> {
  await evict(file);
  const held = await hold('mlock', file, 0, (PAGES - ABSENT) * PAGE_SIZE);
  expect((await oracle(file)).runs).toEqual([[0, PAGES - ABSENT]]);
  return held;
}

/** Asks for the last pages and returns while they are being read. */
async function beginReading(file: string): Promise<void> {
  const offset = (PAGES - ABSENT) * PAGE_SIZE;
  await mustRun(fixture('read-by'), ['willneed', file, String(offset), String(ABSENT * PAGE_SIZE)]);
}

/** While a read is in flight: cachestat counts its pages, mincore doesn't, and so mustn't we. */
async function expectOnlyWhatIsThere(file: string): Promise<void> {
  const counted = await cachestat(file);
  const before = await oracle(file);
  const answer = await measured(file, { map: 64 });
  const after = await oracle(file);
  expect([before.resident, after.resident], 'the reads were over too soon').toEqual([
    PAGES - ABSENT,
    PAGES - ABSENT,
  ]);
  if (!file.includes('slowfs')) expect(counted.cached).toBe(PAGES);
  expect(answer).toMatchObject({ state: 'known', source: 'mincore', residentPages: PAGES - ABSENT });
}

async function expectAllInTheEnd(file: string): Promise<void> {
  await expect.poll(async () => (await oracle(file)).resident, { timeout: 10_000 }).toBe(PAGES);
  expect(await measured(file)).toMatchObject({ state: 'known', residentPages: PAGES });
}

describeWith([root, capabilities.cachestat, fuse], 'reads in flight', () => {
  let directory: TemporaryDirectory;
  beforeAll(async () => {
    directory = await temporaryDirectory('in-flight');
    await writeRandomFile(directory.file('model'), PAGES * PAGE_SIZE);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  it('from a slow FUSE daemon are not resident', async () => {
    await using mount = await mountSlowfs(directory.path);
    const file = mount.file('model');
    await using _held = await holdAllButTheLast(file);
    await mount.set({ delayUs: 1_500_000 });
    await beginReading(file);
    await expectOnlyWhatIsThere(file);
    await mount.set({});
    await expectAllInTheEnd(file);
  });

  it('that fail are not resident', async () => {
    await using mount = await mountSlowfs(directory.path);
    const file = mount.file('model');
    await evict(file);
    const bad = 6000;
    await mount.set({ eioFrom: bad * PAGE_SIZE });
    for (const [page, outcome] of [
      [0, /^ok/],
      [bad - 1, /^(ok|EIO)/],
      [bad, /^EIO/],
      [PAGES - 1, /^EIO/],
    ] as const) {
      const said = await mustRun(fixture('read-by'), ['pread', file, String(page * PAGE_SIZE), '1']);
      expect(said).toMatch(outcome);
    }
    const { resident, runs } = await oracle(file);
    expect(resident).toBeGreaterThan(0);
    expect(disagreements(await measured(file, { map: 100 }), runs, PAGES)).toEqual([]);
  });

  describeWith([ext4Loop, loopDevices], 'from a slow disk', () => {
    let disk: SlowLoop;
    beforeAll(async () => {
      disk = await mountSlowLoop(directory.path, 128 << 20);
    });
    afterAll(() => disk[Symbol.asyncDispose]());

    /** `how` sets the disk up, once what shall be resident is. */
    async function inFlight(how: () => Promise<void> = async () => {}): Promise<void> {
      await disk.disk.set({});
      const file = disk.file('model');
      await using _held = await holdAllButTheLast(file);
      await evict(disk.image);
      await how();
      await disk.disk.set({ delayUs: 1_500_000 });
      await beginReading(file);
      await expectOnlyWhatIsThere(file);
      await disk.disk.set({});
      await expectAllInTheEnd(file);
    }

    it('are not resident', () => inFlight());

    it('are not resident where the device keeps no count of them', async () => {
      const iostats = path.join('/sys/block', path.basename(disk.device), 'queue/iostats');
      try {
        await inFlight(() => writeFile(iostats, '0'));
      } finally {
        await writeFile(iostats, '1');
      }
    });
  });
});
