import { chown } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { evict, makePagesResident, oracle, PAGE_SIZE, pageRuns } from '../support/cache.ts';
import * as capabilities from '../support/capabilities.ts';
import { type LibraryChild, libraryChild } from '../support/library-child.ts';
import { disagreements, type Measured, measured, measuredIn, undisturbed } from '../support/measured.ts';
import {
  bindReadOnly,
  type LoopFilesystem,
  mountLoop,
  mountOverlay,
  mountSlowfs,
  mountTmpfs,
} from '../support/mounts.ts';
import { mustRun, NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const { describeWith, itWith, root } = capabilities;
const PAGES = 200;
const SIZE = PAGES * PAGE_SIZE - 100;
const PATTERNS = [
  [],
  [0],
  [PAGES - 1],
  [1, 2, 3, 70, 71, 150],
  Array.from({ length: PAGES }, (_, page) => page),
];

/** What root sees, with cachestat and without, against the oracle. `below` is where pages are made resident. */
async function expectTruth(file: string, sources: readonly string[], below = file): Promise<void> {
  await using blind = await libraryChild({ deny: ['cachestat=ENOSYS'] });
  for (const pages of PATTERNS) {
    const { runs, answer } = await undisturbed(
      file,
      () => makePagesResident(below, pages),
      async () => ({
        here: await measured(file, { map: 50 }),
        there: await measuredIn(blind, file, { map: 50 }),
      }),
    );
    expect(runs).toEqual(pageRuns(pages));
    expect(disagreements(answer.here, runs, PAGES), `${pages.length} pages`).toEqual([]);
    expect(sources).toContain(answer.here.state === 'known' && answer.here.source);
    expect(disagreements(answer.there, runs, PAGES), `${pages.length} pages, no cachestat`).toEqual([]);
  }
}

async function makeHalfResident(file: string): Promise<void> {
  await makePagesResident(
    file,
    Array.from({ length: PAGES / 2 }, (_, page) => page),
  );
}

/** A stranger gets no number, the owner gets the right one; each without cachestat too. */
async function expectRights(file: string, stranger: 'unknown' | 'known', below = file): Promise<void> {
  const each = async (check: (child: LibraryChild) => Promise<void>) => {
    for (const deny of [[], ['cachestat=EPERM']]) {
      await using child = await libraryChild({ uid: NOBODY, deny });
      await check(child);
    }
  };
  const expectHalf = (answer: Measured) =>
    expect(answer).toMatchObject({ state: 'known', pages: PAGES, residentPages: PAGES / 2 });
  await makeHalfResident(below);
  await each(async (child) => {
    const answer = await measuredIn(child, file);
    if (stranger === 'known') expectHalf(answer);
    else expect(answer).toMatchObject({ state: 'unknown', reason: { code: 'not-permitted' } });
  });
  await chown(below, NOBODY, NOBODY);
  await makeHalfResident(below);
  await each(async (child) => expectHalf(await measuredIn(child, file)));
  await chown(below, 0, 0);
}

describeWith([root, capabilities.cachestat, capabilities.seccomp, capabilities.nobody], 'residency', () => {
  for (const [kind, needs] of [
    ['ext4', capabilities.ext4Loop],
    ['xfs', capabilities.xfsLoop],
    ['btrfs', capabilities.btrfsLoop],
  ] as const satisfies readonly (readonly [LoopFilesystem, capabilities.Capability])[]) {
    itWith(
      [needs, capabilities.loopDevices],
      `on ${kind}, and when that is made read-only`,
      async () => {
        await using mount = await mountLoop(kind);
        const file = mount.file('model');
        await writeRandomFile(file, SIZE);
        await expectTruth(file, ['cachestat', 'mincore']);
        await expectRights(file, 'unknown');
        await mustRun('mount', ['-o', 'remount,ro', mount.path]);
        await expectTruth(file, ['cachestat', 'mincore']);
      },
      60_000,
    );
  }

  itWith([capabilities.btrfsLoop, capabilities.loopDevices], 'on btrfs that compresses', async () => {
    await using mount = await mountLoop('btrfs');
    await mustRun('mount', ['-o', 'remount,compress-force=zstd', mount.path]);
    const file = mount.file('model');
    await mustRun('sh', ['-c', 'yes warmset | head -c "$1" > "$0"; sync "$0"', file, String(SIZE)]);
    // An extent of 128 KiB is decompressed at once, and its pages come with it.
    await evict(file);
    await mustRun('dd', [`if=${file}`, 'of=/dev/null', 'bs=4096', 'count=1', 'skip=40']);
    const { resident, runs } = await oracle(file);
    expect(resident).toBeGreaterThan(0);
    expect(disagreements(await measured(file, { map: 50 }), runs, PAGES)).toEqual([]);
  });

  itWith(capabilities.tmpfsMount, 'on tmpfs is all of it, but for the holes', async () => {
    await using mount = await mountTmpfs();
    const file = mount.file('model');
    await writeRandomFile(file, SIZE);
    expect(await measured(file)).toMatchObject({ state: 'known', residentPages: PAGES });
    await mustRun('fallocate', ['--punch-hole', '--offset=40960', '--length=81920', file]);
    const { runs } = await oracle(file);
    expect(runs).toEqual([
      [0, 10],
      [30, PAGES - 30],
    ]);
    expect(disagreements(await measured(file, { map: 50 }), runs, PAGES)).toEqual([]);
  });

  itWith(capabilities.tmpfsMount, 'on tmpfs of what was only allocated is nothing', async () => {
    await using mount = await mountTmpfs();
    const file = mount.file('model');
    await mustRun('fallocate', [`--length=${SIZE}`, file]);
    const { runs } = await oracle(file);
    expect(disagreements(await measured(file), runs, PAGES)).toEqual([]);
  });

  // cachestat sees nothing through an overlay: 0 % would be false.
  itWith(
    capabilities.overlayMount,
    'on overlayfs, of files below, copied up, and below a read-only one',
    async () => {
      await using lower = await temporaryDirectory('lower');
      for (const name of ['below', 'copied']) await writeRandomFile(lower.file(name), SIZE);
      await using mount = await mountOverlay(lower.path);
      await expectTruth(mount.file('below'), ['mincore']);
      await mustRun('sh', [
        '-c',
        'printf x >> "$0"; truncate --size="$1" "$0"',
        mount.file('copied'),
        String(SIZE),
      ]);
      await expectTruth(mount.file('copied'), ['mincore']);
      // The page cache of the file below is another one.
      expect(disagreements(await measured(mount.file('copied')), [[0, PAGES]], PAGES)).toEqual([]);
      expect((await oracle(lower.file('copied'))).resident).toBeLessThanOrEqual(PAGES);
      await using view = await bindReadOnly(mount.path);
      await expectTruth(view.file('below'), ['mincore']);
      await using twice = await mountOverlay(view.path);
      await expectTruth(twice.file('below'), ['mincore']);
      await expectRights(mount.file('below'), 'unknown');
    },
    60_000,
  );

  itWith(capabilities.bindMount, 'on a read-only bind mount', async () => {
    await using source = await temporaryDirectory('source');
    await writeRandomFile(source.file('model'), SIZE);
    await using mount = await bindReadOnly(source.path);
    await expectTruth(mount.file('model'), ['cachestat', 'mincore']);
    await expectRights(mount.file('model'), 'unknown', source.file('model'));
  });

  itWith(capabilities.fuse, 'on FUSE', async () => {
    await using backing = await temporaryDirectory('backing');
    await writeRandomFile(backing.file('model'), SIZE);
    await using mount = await mountSlowfs(backing.path);
    await expectTruth(mount.file('model'), ['mincore']);
    await makeHalfResident(mount.file('model'));
    await using stranger = await libraryChild({ uid: NOBODY });
    expect(await measuredIn(stranger, mount.file('model'))).toMatchObject({
      reason: { code: 'not-permitted' },
    });
    await chown(backing.file('model'), NOBODY, NOBODY);
    await makeHalfResident(mount.file('model'));
    expect(await measuredIn(stranger, mount.file('model'))).toMatchObject({ residentPages: PAGES / 2 });
  });

  itWith(capabilities.fuse, 'on FUSE without a page cache is nothing', async () => {
    await using backing = await temporaryDirectory('backing');
    await writeRandomFile(backing.file('model'), SIZE);
    // The second has a cache that each open empties: to ask is to empty it, and then none is there.
    for (const how of [{ directIo: true }, { dropOnOpen: true }]) {
      await using mount = await mountSlowfs(backing.path, how);
      await mustRun('cat', [mount.file('model')]);
      expect(await measured(mount.file('model'))).toMatchObject({ state: 'known', residentPages: 0 });
    }
  });

  it('on hugetlbfs is not in the page cache', async () => {
    await using directory = await temporaryDirectory('huge');
    await mustRun('mount', ['-t', 'hugetlbfs', 'warmset-test', directory.path]);
    await mustRun('truncate', ['--size=2M', directory.file('model')]);
    expect(await measured(directory.file('model'))).toMatchObject({
      state: 'unknown',
      reason: { code: 'no-page-cache' },
    });
  });
});
