import { appendFile, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { evict, hold, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, fuse, itWith, tmpfsMount } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { readBy } from '../support/file-content.ts';
import { mountSlowfs, mountTmpfs } from '../support/mounts.ts';
import { run } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

describeWith(cc, 'eviction', () => {
  itWith(tmpfsMount, 'says that tmpfs keeps its pages', async () => {
    await using mount = await mountTmpfs();
    await writeRandomFile(mount.file('model'), 16 * PAGE_SIZE);
    await expect(evict(mount.file('model'))).rejects.toThrow(/16 of 16 pages survived eviction/);
    await expect(makePagesResident(mount.file('model'), [1])).rejects.toThrow(/survived eviction/);
  });

  it('writes dirty pages back first', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('dirty');
    await writeRandomFile(file, 64 * PAGE_SIZE);
    await appendFile(file, Buffer.alloc(64 * PAGE_SIZE, 1));
    await evict(file);
    expect(await oracle(file)).toEqual({ pages: 128, resident: 0, runs: [] });
  });

  itWith(fuse, 'waits for the reads that are still in flight', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 32 * PAGE_SIZE);
    await using mount = await mountSlowfs(directory.path, { faults: { delayUs: 300_000 } });
    const file = mount.file('model');
    expect(await readBy('willneed', file, 0, 32 * PAGE_SIZE)).toBe(`ok ${32 * PAGE_SIZE}`);
    // Not up to date yet, so not resident: but on their way.
    expect((await oracle(file)).resident).toBe(0);
    await evict(file);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await oracle(file)).resident).toBe(0);
    expect(mount.stats().bytes).toBe(32 * PAGE_SIZE);
  });

  it.for(['mmap', 'mlock'] as const)("can't take the pages that another process holds by %s", async (how) => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 64 * PAGE_SIZE);
    await evict(file);
    {
      await using holder = await hold(how, file, 4 * PAGE_SIZE, 8 * PAGE_SIZE);
      expect((await oracle(file)).runs).toEqual([[4, 8]]);
      await expect(evict(file)).rejects.toThrow(/8 of 64 pages survived eviction/);
      expect((await oracle(file)).runs).toEqual([[4, 8]]);
      const locked = /VmLck:\s+(\d+) kB/.exec(await readFile(`/proc/${holder.pid}/status`, 'utf8'))?.[1];
      expect(Number(locked) * 1024).toBe(how === 'mlock' ? 8 * PAGE_SIZE : 0);
    }
    await evict(file);
  });

  it('refuses a list of pages that the file does not have', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 * PAGE_SIZE);
    await expect(makePagesResident(directory.file('model'), [8])).rejects.toThrow(
      /not within the file's 8 pages/,
    );
    for (const list of ['1,', '-1', '3-2', 'one', '1 2', '1,,2']) {
      const result = await run(fixture('make-resident'), [directory.file('model'), list]);
      expect(result.code, list).toBe(2);
    }
  });

  it('refuses to hold what the file does not have', async () => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('model'), 8 * PAGE_SIZE);
    await expect(hold('mmap', directory.file('model'), 0, 9 * PAGE_SIZE)).rejects.toThrow(/has only/);
    await expect(hold('mmap', directory.file('model'), 1, PAGE_SIZE)).rejects.toThrow(/expected a multiple/);
  });
});
