import { open } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { cachestat, fadvise, mincore, openMapping, readahead } from '../../../lib/native/index.ts';
import { makePagesResident, PAGE_SIZE } from '../../support/cache.ts';
import { cachestat as cachestatSupport, cc, describeWith, root } from '../../support/capabilities.ts';
import { temporaryDirectory } from '../../support/temp.ts';

const FILE = '/proc/self/exe';
const OUT_OF_RANGE = [-1, Number.NaN, 1.5, 2 ** 53 + 2, Number.POSITIVE_INFINITY, Number.MIN_VALUE];

describe('sizes and offsets', () => {
  it.for(OUT_OF_RANGE)('%d is out of range', async (value) => {
    const expected = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
    for (const call of [mincore, cachestat, openMapping]) {
      await expect(call(FILE, { offset: value })).rejects.toMatchObject(expected);
      await expect(call(FILE, { length: value })).rejects.toMatchObject(expected);
    }
    await expect(fadvise(FILE, 'normal', { offset: value })).rejects.toMatchObject(expected);
    await expect(readahead(FILE, { length: value })).rejects.toMatchObject(expected);
  });

  it.for(['1', 1n, null, {}, true])('%o is no number', async (value) => {
    const offset = value as never;
    const expected = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
    await expect(mincore(FILE, { offset })).rejects.toMatchObject(expected);
    await expect(cachestat(FILE, { offset })).rejects.toMatchObject(expected);
  });

  it('2^53 is fine, and says what the kernel says', async () => {
    expect((await mincore(FILE, { offset: 2 ** 53 })).resident).toBe(0);
    expect(await cachestat(FILE, { offset: 2 ** 53 })).toMatchObject({ cached: 0 });
    await expect(fadvise(FILE, 'normal', { offset: 0, length: 2 ** 53 })).resolves.toBeUndefined();
  });

  it('-0 is 0', async () => {
    await expect(mincore(FILE, { offset: -0 })).resolves.toBeDefined();
  });

  it('of a mapping lie inside it and on a page', async () => {
    await using mapping = await openMapping(FILE, { length: 4 * PAGE_SIZE });
    await expect(mapping.mincore({ offset: 1 })).rejects.toThrow(/a multiple of the page size/);
    await expect(mapping.populate({ offset: 5 * PAGE_SIZE })).rejects.toThrow(/inside the mapping/);
    await expect(mapping.advise('normal', { length: 5 * PAGE_SIZE })).rejects.toThrow(/inside the mapping/);
    await expect(openMapping(FILE, { offset: 100 })).rejects.toThrow(/a multiple of the page size/);
  });
});

describe('files', () => {
  it.for(['', 'a\0b', Buffer.alloc(0), Buffer.from('a\0b')])(
    '%o is refused before any call',
    async (file) => {
      await expect(mincore(file)).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    },
  );

  it.for([undefined, null, {}, Symbol('x'), true, 1n])('%o is no file', async (file) => {
    await expect(mincore(file as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  it.for([-1, 1.5, 2 ** 31, Number.NaN])('%d is no descriptor', async (file) => {
    await expect(mincore(file)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  });
});

describe('words and flags', () => {
  it('are those that the call knows', async () => {
    await expect(fadvise(FILE, 'WILLNEED' as never)).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    await using mapping = await openMapping(FILE);
    // Advice that changes the file (remove) or the process (hwpoison, wipeonfork) isn't offered.
    for (const advice of ['remove', 'hwpoison', 'wipeonfork', 'free', '']) {
      await expect(mapping.advise(advice as never), advice).rejects.toMatchObject({
        code: 'ERR_OUT_OF_RANGE',
      });
    }
    await expect(mapping.lock({ onFault: 1 as never })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });

  it('of a priority, too', async () => {
    const priority = (value: unknown) => mincore(FILE, { priority: value as never });
    await expect(priority({ ioClass: 'idle', ioLevel: 8 })).rejects.toMatchObject({
      code: 'ERR_OUT_OF_RANGE',
    });
    await expect(priority({ ioClass: 'idle', nice: 20 })).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
    await expect(priority({ ioClass: 'low' })).rejects.toMatchObject({ code: 'WARMSET_BAD_ARGUMENT' });
  });
});

describeWith([root, cc, cachestatSupport], 'beyond 4 GiB', () => {
  it('pages are counted where they are', async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file('sparse');
    const handle = await open(path, 'w');
    const at = 5 * 2 ** 30;
    await handle.truncate(8 * 2 ** 30);
    await handle.write(Buffer.alloc(2 * PAGE_SIZE, 1), 0, 2 * PAGE_SIZE, at);
    await handle.datasync();
    await handle.close();
    const page = at / PAGE_SIZE;
    await makePagesResident(path, [page, page + 1]);
    expect(await mincore(path)).toEqual({ resident: 2, runs: Float64Array.of(page, 2) });
    expect(await cachestat(path, { offset: at, length: PAGE_SIZE })).toMatchObject({ cached: 1 });
    await fadvise(path, 'dontneed', { offset: at, length: PAGE_SIZE });
    expect((await mincore(path)).runs).toEqual(Float64Array.of(page + 1, 1));
    await using mapping = await openMapping(path, { offset: at, length: 4 * PAGE_SIZE });
    await mapping.populate({ length: PAGE_SIZE });
    expect((await mapping.mincore()).resident).toBeGreaterThanOrEqual(2);
  });
});
