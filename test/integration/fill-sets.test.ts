import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { resolveTargets, warm } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, root } from '../support/capabilities.ts';
import { DISKLIKE } from '../support/filesystems.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth, residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;

/** Data at 0, 4 and 9 MiB, holes between them and to the end. */
async function writeSparse(file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const at of [0, 4, 9]) await handle.write(Buffer.alloc(64 * 1024, at + 1), 0, 64 * 1024, at * MIB);
    await handle.truncate(16 * MIB);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

for (const filesystem of DISKLIKE.filter(({ name }) => ['ext4', 'xfs', 'btrfs'].includes(name))) {
  describeWith([root, cc, filesystem.needs], `holes on ${filesystem.name}`, () => {
    it('are neither asked for nor read, by any engine', async () => {
      await using site = await filesystem.open((directory) => writeSparse(`${directory}/sparse`));
      const file = site.file('sparse');
      const set = await resolveTargets([file]);
      const pages = (64 * 1024) / PAGE_SIZE;
      for (const engine of ['populate', 'sendfile', 'read', 'willneed'] as const) {
        await evict(file);
        const result = await warm(set, { engine });
        expect(result, engine).toMatchObject({
          asked: 192 * 1024,
          read: 192 * 1024,
          residentNow: 192 * 1024,
          lost: 0,
        });
        const seen = await oracle(file);
        for (const at of [0, 4, 9]) {
          const first = (at * MIB) / PAGE_SIZE;
          const run = seen.runs.find(([start, count]) => start <= first && start + count >= first + pages);
          expect(run, `${engine}, ${at} MiB`).toBeDefined();
        }
      }
    });

    it('a file of nothing else is warm', async () => {
      await using site = await filesystem.open(async (directory) => {
        const handle = await open(`${directory}/hole`, 'w');
        await handle.truncate(64 * MIB);
        await handle.close();
      });
      const result = await warm(await resolveTargets([site.file('hole')]));
      expect(result).toMatchObject({ asked: 0, read: 0, residentNow: 0, lost: 0, stopped: null });
      expect((await oracle(site.file('hole'))).resident).toBe(0);
    });
  });
}

describeWith([root, cc], 'a set', () => {
  it('is filled in the order of its targets', async () => {
    await using directory = await temporaryDirectory();
    const names = ['d', 'a', 'c', 'b'];
    for (const name of names) {
      await writeRandomFile(directory.file(name), 4 * MIB);
      await evict(directory.file(name));
    }
    const set = await resolveTargets(names.map((name) => directory.file(name)));
    // Half of it: the two that were named first.
    const result = await warm(set, { budget: { maxBytes: 8 * MIB }, streams: 4 });
    expect(result.files.map(({ residentNow }) => residentNow)).toEqual([4 * MIB, 4 * MIB, 0, 0]);
    await expectTruth(result);
  });

  it.for([1, 2, 7, 64])('is filled whole by %d streams', async (streams) => {
    await using directory = await temporaryDirectory();
    // More than a stretch of 64 MiB, so that two threads share the file.
    await writeRandomFile(directory.file('large'), 130 * MIB + 77);
    await writeRandomFile(directory.file('small'), 3 * MIB);
    const paths = [directory.file('large'), directory.file('small')];
    for (const path of paths) await evict(path);
    const result = await warm(await resolveTargets(paths), { streams });
    expect(result).toMatchObject({
      read: 133 * MIB + 77,
      residentNow: 133 * MIB + 77,
      engine: { streams },
    });
    await expectTruth(result);
  });

  it('of 2,000 small files, half of them resident, is filled and counted', async () => {
    await using directory = await temporaryDirectory();
    const size = (index: number) => (index * 37) % 9_000;
    let total = 0;
    for (let index = 0; index < 2_000; index += 1) {
      const handle = await open(directory.file(`${index}`), 'w');
      await handle.write(Buffer.alloc(size(index), index % 256));
      await handle.datasync();
      await handle.close();
      total += size(index);
    }
    const set = await resolveTargets([directory.path]);
    expect(set.files).toHaveLength(2_000);
    const cold = await warm(set);
    expect(cold).toMatchObject({ asked: total, alreadyResident: total, read: 0 });
    // Evicting by the oracle's program is a process a file: a hundred are enough.
    const evicted = set.files.filter((_, index) => index % 20 === 0);
    for (const { path } of evicted) await evict(path);
    const missing = evicted.reduce((sum, file) => sum + file.size, 0);
    const result = await warm(set);
    expect(result).toMatchObject({
      asked: total,
      read: missing,
      residentNow: total,
      lost: 0,
      stopped: null,
    });
    for (const { path, size: bytes } of evicted) expect(await residentBytes(path)).toBe(bytes);
  });

  it('with one file twice reads it once', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 2 * MIB);
    await makePagesResident(directory.file('model'), [0]);
    const set = await resolveTargets([directory.file('model'), directory.path, directory.file('model')]);
    const result = await warm(set);
    expect(result).toMatchObject({ read: 2 * MIB - PAGE_SIZE, residentNow: 2 * MIB });
    expect(result.files).toHaveLength(1);
  });
});
