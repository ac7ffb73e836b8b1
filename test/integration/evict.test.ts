import { open, rename } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { evict, resolveTargets, warm } from '../../lib/index.ts';
import { hold, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, nobody, root } from '../support/capabilities.ts';
import { DISKLIKE, TMPFS } from '../support/filesystems.ts';
import { libraryChild } from '../support/library-child.ts';
import { NOBODY, start } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const SIZE = 6 * MIB + 100;

for (const filesystem of DISKLIKE) {
  describeWith([root, cc, filesystem.needs], `evicting on ${filesystem.name}`, () => {
    it('takes clean pages, and says what the oracle says', async () => {
      await using site = await filesystem.open((directory) => writeRandomFile(`${directory}/model`, SIZE));
      const file = site.file('model');
      const set = await resolveTargets([file]);
      await warm(set);
      const result = await evict(set);
      expect(result).toMatchObject({ residentBefore: SIZE, residentNow: 0, unknownFiles: 0 });
      expect(result.files).toMatchObject([{ survival: null, failure: null }]);
      expect((await oracle(file)).resident).toBe(0);
      // Nothing to do is done at once.
      expect(await evict(set)).toMatchObject({ residentBefore: 0, residentNow: 0 });
    });

    it('leaves what another process maps, and names it', async () => {
      await using site = await filesystem.open((directory) => writeRandomFile(`${directory}/model`, SIZE));
      const file = site.file('model');
      const set = await resolveTargets([file]);
      await warm(set);
      await using holder = await hold('mmap', file, 2 * MIB, MIB);
      const result = await evict(set);
      expect(result.residentNow).toBe(await residentBytes(file));
      expect(result.residentNow).toBeGreaterThanOrEqual(MIB);
      expect(result.files[0]?.survival).toMatchObject({
        why: 'mapped',
        detail: expect.stringContaining(`(${holder.pid})`),
        processes: [{ pid: holder.pid }],
      });
      await holder.stop();
      expect(await evict(set)).toMatchObject({ residentNow: 0 });
    });
  });
}

describeWith([root, cc], 'evicting', () => {
  it('with sync takes changed pages', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(2 * PAGE_SIZE, 7), 0, 2 * PAGE_SIZE, 5 * PAGE_SIZE);
    await handle.close();
    const result = await evict(await resolveTargets([file]), { sync: true });
    // The kernel marks whole folios.
    const before = result.files[0]?.before;
    expect(before?.state === 'known' && (before.dirtyPages ?? 0) >= 2).toBe(true);
    expect(result).toMatchObject({ residentNow: 0, files: [{ survival: null }] });
    expect((await oracle(file)).resident).toBe(0);
  });

  it('leaves what is being changed, and says so', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    // POSIX_FADV_DONTNEED begins to write dirty pages: only those that somebody keeps changing stay dirty.
    const script = `const fs = require('node:fs'); const fd = fs.openSync(process.argv[1], 'r+');
      console.log('up'); for (;;) fs.writeSync(fd, Buffer.alloc(${MIB}, 7), 0, ${MIB}, 0);`;
    await using writer = start(process.execPath, ['--eval', script, file]);
    await writer.saw(/up/);
    const result = await evict(await resolveTargets([file]));
    // Changed, or just being written: whichever it was when they were counted.
    const { why, detail } = result.files[0]?.survival ?? {};
    expect([why, detail]).toEqual(
      why === 'dirty'
        ? ['dirty', expect.stringMatching(/changed and not written; use --sync/)]
        : ['in-use', expect.stringMatching(/being read or written/)],
    );
    // Whole folios again.
    expect(result.residentNow).toBeLessThanOrEqual(2 * MIB);
    expect(result.residentNow).toBeGreaterThan(0);
  });

  it('leaves locked pages, and names who locks them', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    const set = await resolveTargets([file]);
    await warm(set);
    await using holder = await hold('mlock', file, 0, MIB);
    const result = await evict(set);
    expect(result.residentNow).toBe(await residentBytes(file));
    expect(result.residentNow).toBeGreaterThanOrEqual(MIB);
    expect(result.files[0]?.survival).toMatchObject({ why: 'mapped', processes: [{ pid: holder.pid }] });
  });

  it('takes large folios whole, however the file ends', async () => {
    await using directory = await temporaryDirectory();
    const files = [];
    for (const size of [4 * MIB, 4 * MIB + 1, 2 * MIB + PAGE_SIZE, PAGE_SIZE - 1]) {
      const file = directory.file(`${size}`);
      await writeRandomFile(file, size);
      await makePagesResident(file, []);
      files.push(file);
    }
    const set = await resolveTargets(files);
    // Populate asks for huge pages.
    await warm(set, { engine: 'populate' });
    expect(await evict(set)).toMatchObject({ residentNow: 0 });
    for (const file of files) expect((await oracle(file)).resident).toBe(0);
  });

  it('takes all of a file that grew since it was resolved', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, MIB);
    const set = await resolveTargets([file]);
    await writeRandomFile(file, 5 * MIB);
    expect(await evict(set)).toMatchObject({ residentNow: 0 });
    expect((await oracle(file)).resident).toBe(0);
  });

  it('leaves another file alone that took its place', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, MIB);
    const set = await resolveTargets([file]);
    await writeRandomFile(directory.file('other'), MIB, 2);
    await rename(directory.file('other'), file);
    const result = await evict(set);
    expect(result.files[0]?.failure).toMatchObject({ code: 'WARMSET_FILE_REPLACED' });
    expect(await residentBytes(file)).toBe(MIB);
  });

  it('of a file that is gone is its failure alone', async () => {
    await using directory = await temporaryDirectory();
    const [gone, file] = [directory.file('gone'), directory.file('model')];
    for (const path of [gone, file]) await writeRandomFile(path, MIB);
    const set = await resolveTargets([gone, file]);
    await rename(gone, directory.file('elsewhere'));
    const result = await evict(set);
    expect(result.files.map(({ failure }) => failure?.code)).toEqual(['ENOENT', undefined]);
    expect((await oracle(file)).resident).toBe(0);
  });

  it('stops for a signal, with its reason', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), MIB);
    // What is held makes it try again.
    await using _holder = await hold('mmap', directory.file('model'), 0, MIB);
    const set = await resolveTargets([directory.file('model')]);
    const reason = new Error('enough');
    await expect(evict(set, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 40);
    await expect(evict(set, { signal: controller.signal })).rejects.toBe(reason);
  });
});

describeWith([root, cc, TMPFS.needs], 'evicting on tmpfs', () => {
  it('takes nothing and says why', async () => {
    await using site = await TMPFS.open((directory) => writeRandomFile(`${directory}/model`, SIZE));
    const result = await evict(await resolveTargets([site.file('model')]));
    expect(result).toMatchObject({ residentBefore: SIZE, residentNow: SIZE });
    expect(result.files[0]?.survival).toMatchObject({
      why: 'in-memory',
      detail: expect.stringMatching(/tmpfs/),
    });
    expect(await residentBytes(site.file('model'))).toBe(SIZE);
  });
});

describeWith([root, cc, nobody], "evicting another user's file", () => {
  it('is possible, and its outcome unknown to who may not ask', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    await using child = await libraryChild({ uid: NOBODY });
    const result = await child.call('return warmset.evict(await warmset.resolveTargets([args]));', file);
    expect(result).toMatchObject({ unknownFiles: 1, files: [{ survival: null, failure: null }] });
    expect((await oracle(file)).resident).toBe(0);
  });
});
