import { writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { probeOpenMmap, probeReads, READ_WAYS, resolveTargets } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE, pageRuns } from '../support/cache.ts';
import * as capabilities from '../support/capabilities.ts';
import { undisturbed } from '../support/measured.ts';
import { type LoopFilesystem, mountLoop, mountOverlay, mountSlowfs, mountTmpfs } from '../support/mounts.ts';
import { mustRun } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const { describeWith, itWith, root } = capabilities;
const PAGES = 512;
const BLOCK = 8 * PAGE_SIZE;
const SIZE = PAGES * PAGE_SIZE;
// Whole blocks and parts of some, both ends left cold.
const RESIDENT = [...Array.from({ length: 128 }, (_, page) => 64 + page), 300, 301, 407];

/** Read probes that leave the page cache as it is, page for page; answers the ways that were used. */
async function expectUnseen(file: string, below = file): Promise<ReadonlySet<string>> {
  const set = await resolveTargets([file]);
  const used = new Set<string>();
  for (const way of READ_WAYS) {
    const { runs, answer } = await undisturbed(
      file,
      () => makePagesResident(below, RESIDENT),
      () => probeReads(set.files, { count: PAGES, blockBytes: BLOCK, way, seed: 1 }),
    );
    expect(runs).toEqual(pageRuns(RESIDENT));
    expect(answer.addedPages).toBe(0);
    expect(answer.samples.length).toBe(SIZE / BLOCK);
    for (const sample of answer.samples) {
      const resident = RESIDENT.some((page) => Math.floor(page / 8) === sample.offset / BLOCK);
      if (sample.state === 'read') used.add(sample.way);
      else expect(sample).toMatchObject({ state: 'not-measured', reason: 'resident' });
      // From memory nothing may be timed.
      if (resident && sample.state === 'read') expect(sample.way).toBe('direct');
      if (!resident) expect(sample).toMatchObject({ state: 'read', bytes: BLOCK });
    }
    const read = answer.samples.filter(({ state }) => state === 'read').length;
    expect(answer.latency?.samples).toBe(read);
  }
  return used;
}

/** Touches that are labelled by what the oracle sees, and leave nothing. */
async function expectLabels(file: string, below = file): Promise<void> {
  const set = await resolveTargets([file]);
  const { answer } = await undisturbed(
    file,
    () => makePagesResident(below, RESIDENT),
    () => probeOpenMmap(set, { places: 64, seed: 5 }),
  );
  expect(answer.failures).toEqual([]);
  expect(answer.touches.length).toBe(64);
  for (const { offset, temperature } of answer.touches) {
    expect(temperature).toBe(RESIDENT.includes(offset / PAGE_SIZE) ? 'warm' : 'cold');
  }
  const { cold, warm, unknown } = answer.firstTouch;
  expect((cold?.samples ?? 0) + (warm?.samples ?? 0)).toBe(64);
  expect(cold?.samples).toBeGreaterThan(0);
  expect(warm?.samples).toBeGreaterThan(0);
  expect(unknown).toBeNull();
  expect(answer.open?.samples).toBe(1);
  expect(answer.mmap?.samples).toBe(1);
  expect(answer.broughtPages).toBeGreaterThanOrEqual(cold?.samples ?? 0);
  expect(answer.leftPages).toBe(0);
}

describeWith(root, 'probes leave nothing behind', tests);

function tests(): void {
  for (const [kind, needs] of [
    ['ext4', capabilities.ext4Loop],
    ['xfs', capabilities.xfsLoop],
    ['btrfs', capabilities.btrfsLoop],
  ] as const satisfies readonly (readonly [LoopFilesystem, capabilities.Capability])[]) {
    itWith([needs, capabilities.loopDevices], `on ${kind}`, async () => {
      await using mount = await mountLoop(kind);
      const file = mount.file('model');
      await writeRandomFile(file, SIZE);
      expect(await expectUnseen(file)).toContain('direct');
      await expectLabels(file);
    });
  }

  itWith(
    [capabilities.btrfsLoop, capabilities.loopDevices],
    'on compressed btrfs, which reads through the cache in spite of O_DIRECT',
    async () => {
      await using mount = await mountLoop('btrfs');
      await mustRun('mount', ['-o', 'remount,compress-force=zstd', mount.path]);
      const file = mount.file('model');
      await writeFile(file, 'warmset '.repeat(SIZE / 8));
      await mustRun('sync', [file]);
      const set = await resolveTargets([file]);
      // A compressed extent comes in as a whole, 128 KiB around the place: it is taken out as a whole.
      await undisturbed(
        file,
        () => evict(file),
        async () => {
          const cold = await probeReads(set.files, { count: 8, blockBytes: BLOCK, seed: 2 });
          expect(cold.addedPages).toBe(0);
          for (const sample of cold.samples) expect(sample).toMatchObject({ state: 'read', way: 'buffered' });
          const touched = await probeOpenMmap(set, { places: 1 });
          expect(touched.broughtPages).toBeGreaterThan(1);
          expect(touched.leftPages).toBe(0);
        },
      );
      await evict(file);
      // Or what is left is told.
      const { leftPages } = await probeOpenMmap(set, { places: 64, seed: 3 });
      expect(leftPages).toBe((await oracle(file)).resident);
      const all = Array.from({ length: PAGES }, (_, page) => page);
      await makePagesResident(file, all);
      const warm = await probeReads(set.files, { count: PAGES, blockBytes: BLOCK });
      expect(warm.samples.map(({ state }) => state)).not.toContain('read');
      expect(warm.latency).toBeNull();
    },
  );

  itWith(capabilities.overlayMount, 'on overlayfs', async () => {
    await using directory = await temporaryDirectory('probe');
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountOverlay(directory.path);
    await expectUnseen(mount.file('model'), directory.file('model'));
    await expectLabels(mount.file('model'), directory.file('model'));
  });

  itWith(capabilities.fuse, 'on FUSE', async () => {
    await using directory = await temporaryDirectory('probe');
    await writeRandomFile(directory.file('model'), SIZE);
    await using mount = await mountSlowfs(directory.path);
    await expectUnseen(mount.file('model'));
    await expectLabels(mount.file('model'));
  });

  itWith(capabilities.tmpfsMount, 'and tmpfs has no device to measure', async () => {
    await using mount = await mountTmpfs();
    await writeRandomFile(mount.file('model'), SIZE);
    const set = await resolveTargets([mount.file('model')]);
    for (const way of READ_WAYS) {
      const probe = await probeReads(set.files, { way });
      expect(probe.latency).toBeNull();
      expect(probe.addedPages).toBe(0);
    }
  });
}
