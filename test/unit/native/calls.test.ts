import { type FileHandle, open } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cachestat,
  fadvise,
  features,
  mincore,
  openMapping,
  readahead,
  statfsMagic,
} from '../../../lib/native/index.ts';
import { makePagesResident, PAGE_SIZE, pageRuns } from '../../support/cache.ts';
import { cachestat as cachestatSupport, cc, describeWith, root } from '../../support/capabilities.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../../support/temp.ts';

const PAGES = 64;
const RESIDENT = [0, 1, 2, 10, 63];

describeWith([root, cc, cachestatSupport], 'the calls of warmset/native', () => {
  let directory: TemporaryDirectory;
  let path = '';
  let handle: FileHandle;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    path = directory.file('model');
    await writeRandomFile(path, PAGES * PAGE_SIZE - 10);
    await makePagesResident(path, RESIDENT);
    handle = await open(path, 'r');
  });
  afterAll(async () => {
    await handle?.close();
    await directory?.[Symbol.asyncDispose]();
  });

  it('say what the kernel has', () => {
    expect(features()).toEqual({
      kernelRelease: expect.stringMatching(/^\d+\.\d+/),
      pageSize: PAGE_SIZE,
      cachestat: 'available',
      populateRead: expect.stringMatching(/^(available|missing|blocked)$/),
      nowaitReads: expect.stringMatching(/^(available|missing|blocked)$/),
      ioPriority: expect.stringMatching(/^(available|missing|blocked)$/),
    });
  });

  it('mincore and cachestat agree with what was built, by path, bytes and descriptor', async () => {
    const runs = Float64Array.from(pageRuns(RESIDENT).flat());
    for (const file of [path, Buffer.from(path), handle.fd]) {
      expect(await mincore(file)).toEqual({ resident: 5, runs });
      expect(await cachestat(file)).toMatchObject({ cached: 5, dirty: 0, writeback: 0 });
    }
  });

  it('mincore and cachestat take a range', async () => {
    const range = { offset: 2 * PAGE_SIZE, length: 9 * PAGE_SIZE };
    expect(await mincore(path, range)).toEqual({ resident: 2, runs: Float64Array.of(2, 1, 10, 1) });
    expect(await cachestat(path, range)).toMatchObject({ cached: 2 });
    // Behind the end there is nothing.
    expect((await mincore(path, { offset: 1000 * PAGE_SIZE })).resident).toBe(0);
  });

  it('a mapping answers the same, populates, advises and closes', async () => {
    const mapping = await openMapping(path);
    expect(mapping.length).toBe(PAGES * PAGE_SIZE - 10);
    expect((await mapping.mincore()).resident).toBe(5);
    await mapping.advise('random');
    await mapping.populate({ offset: 4 * PAGE_SIZE, length: PAGE_SIZE });
    expect((await mapping.mincore({ offset: 4 * PAGE_SIZE, length: PAGE_SIZE })).resident).toBe(1);
    await mapping.close();
    expect(mapping.length).toBe(0);
    await mapping.close();
    await expect(mapping.mincore()).rejects.toThrow(/it was closed/);
    await makePagesResident(path, RESIDENT);
  });

  it('a mapping locks and unlocks', async () => {
    await using mapping = await openMapping(handle.fd, { length: 4 * PAGE_SIZE });
    await mapping.lock();
    await fadvise(path, 'dontneed');
    expect((await mincore(path)).resident).toBeGreaterThanOrEqual(4);
    await mapping.unlock();
    await mapping.lock({ onFault: true, length: PAGE_SIZE });
    await mapping.unlock();
  });

  it('fadvise evicts and readahead reads', async () => {
    await makePagesResident(path, RESIDENT);
    await fadvise(handle.fd, 'dontneed');
    expect((await mincore(path)).resident).toBe(0);
    await readahead(path, { length: 8 * PAGE_SIZE });
    await expect
      .poll(async () => (await mincore(path)).resident, { timeout: 5_000 })
      .toBeGreaterThanOrEqual(8);
    for (const advice of ['normal', 'random', 'sequential', 'noreuse', 'willneed'] as const) {
      await fadvise(path, advice);
    }
  });

  it('statfsMagic names the filesystem', async () => {
    expect(await statfsMagic('/proc')).toBe(0x9fa0);
    expect(await statfsMagic(Buffer.from('/sys'))).toBe(0x62656572);
  });
});

describe('the empty file', () => {
  it('has no pages', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('empty');
    await (await open(path, 'w')).close();
    expect(await mincore(path)).toEqual({ resident: 0, runs: new Float64Array() });
    expect(await cachestat(path)).toMatchObject({ cached: 0 });
    // As mmap(2) says it.
    await expect(openMapping(path)).rejects.toMatchObject({ code: 'EINVAL', syscall: 'mmap' });
  });
});
