import { expect, it } from 'vitest';
import { ENGINES, resolveTargets, warm } from '../../lib/index.ts';
import { evict, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth } from '../support/truth.ts';

const MIB = 1 << 20;
const SIZE = 12 * MIB;
const BAD = { first: 5 * MIB, last: 5 * MIB + 3 * PAGE_SIZE } as const;

describeWith([root, cc, fuse], 'a read error', () => {
  it.for(ENGINES)('%s: is of its file, at its offset; everything around it comes in', async (engine) => {
    await using directory = await temporaryDirectory();
    for (const name of ['before.bin', 'model.bad', 'behind.bin'])
      await writeRandomFile(directory.file(name), SIZE);
    const mount = owned(
      await mountSlowfs(directory.path, {
        faults: { eioFrom: BAD.first, eioUntil: BAD.last, eioPath: '.bad' },
      }),
    );
    const names = ['before.bin', 'model.bad', 'behind.bin'];
    const result = await warm(await resolveTargets(names.map((name) => mount.file(name))), { engine });
    const [before, bad, behind] = result.files;
    expect(before).toMatchObject({ read: SIZE, residentNow: SIZE, lost: 0, failure: null });
    expect(behind).toMatchObject({ read: SIZE, residentNow: SIZE, lost: 0, failure: null });
    expect(bad?.failure?.code).toBe('EIO');
    // The window in which it happened.
    const at = Number(/offset (\d+)/.exec(bad?.failure?.message ?? '')?.[1]);
    expect(at).toBe(4 * MIB);
    const { runs } = await oracle(mount.file('model.bad'));
    expect(runs[0]).toEqual([0, BAD.first / PAGE_SIZE]);
    const [start, count] = runs.at(-1) ?? [0, 0];
    expect(start + count).toBe(SIZE / PAGE_SIZE);
    // Those that go page by page after an error lose nothing but the bad pages, the others the rest of the window.
    if (engine === 'populate' || engine === 'willneed') expect(start).toBe(BAD.last / PAGE_SIZE);
    else expect(start).toBeLessThanOrEqual((6 * MIB) / PAGE_SIZE);
    await expectTruth(result);
    expect(bad?.lost).toBe(0);
  });

  it('of every read gives the file up after some windows, and goes on', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('dead.bad'), 40 * MIB);
    await writeRandomFile(directory.file('fine'), MIB);
    const mount = owned(await mountSlowfs(directory.path, { faults: { eioPath: '.bad' } }));
    const set = await resolveTargets([mount.file('dead.bad'), mount.file('fine')]);
    const result = await warm(set);
    expect(result.files[0]).toMatchObject({ read: 0, residentNow: 0, lost: 0, failure: { code: 'EIO' } });
    expect(result.files[1]).toMatchObject({ read: MIB, residentNow: MIB, failure: null });
    // The medium recovers, and so does the next run.
    await mount.set({});
    const again = await warm(set);
    expect(again).toMatchObject({ read: 40 * MIB, residentNow: 41 * MIB, alreadyResident: MIB });
    await expectTruth(again);
  });

  it('while another file is slow leaves that one whole', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('x.bad'), 4 * MIB);
    await writeRandomFile(directory.file('slow'), 2 * MIB);
    const mount = owned(await mountSlowfs(directory.path, { faults: { eioPath: '.bad', delayUs: 1_000 } }));
    const set = await resolveTargets([mount.file('x.bad'), mount.file('slow')]);
    await evict(mount.file('slow'));
    const result = await warm(set, { streams: 4 });
    expect(result.files.map(({ residentNow }) => residentNow)).toEqual([0, 2 * MIB]);
    await expectTruth(result);
  });
});
