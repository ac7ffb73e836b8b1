import { appendFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ENGINES, resolveTargets, warm } from '../../lib/index.ts';
import { evict, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, fuse, root } from '../support/capabilities.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { expectTruth, residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;

/** Three cold files of 6 MiB: whatever befalls the middle one, the others must come in. */
async function threeFiles(directory: TemporaryDirectory): Promise<[string, string, string]> {
  const paths: [string, string, string] = [directory.file('a'), directory.file('b'), directory.file('c')];
  for (const [seed, path] of paths.entries()) {
    await writeRandomFile(path, 6 * MIB, seed);
    await evict(path);
  }
  return paths;
}

describeWith([root, cc], 'a file that changes under the fill', () => {
  it.for(ENGINES)('%s: truncated before its turn, the others come in', async (engine) => {
    await using directory = await temporaryDirectory();
    const [a, b, c] = await threeFiles(directory);
    const set = await resolveTargets([a, b, c]);
    const result = await warm(set, { engine, onPlan: () => truncateSync(b, 3 * MIB + 5) });
    const [first, second, third] = result.files;
    expect(first).toMatchObject({ residentNow: 6 * MIB, failure: null });
    expect(second?.failure).toMatchObject({ code: 'WARMSET_FILE_TRUNCATED' });
    expect(second?.failure?.message).toMatch(/offset \d+/);
    expect(third).toMatchObject({ residentNow: 6 * MIB, failure: null });
    await expectTruth(result);
    expect(second?.read).toBeLessThanOrEqual(3 * MIB + 5);
  });

  it.for(ENGINES)('%s: truncated to nothing is no crash', async (engine) => {
    await using directory = await temporaryDirectory();
    const [a, b, c] = await threeFiles(directory);
    const result = await warm(await resolveTargets([a, b, c]), { engine, onPlan: () => truncateSync(b) });
    expect(result.files[1]).toMatchObject({
      read: 0,
      residentNow: 0,
      failure: { code: 'WARMSET_FILE_TRUNCATED' },
    });
    expect(result.files[2]?.residentNow).toBe(6 * MIB);
  });

  it('replaced between plan and fill is left alone', async () => {
    await using directory = await temporaryDirectory();
    const [a, b, c] = await threeFiles(directory);
    const other = directory.file('other');
    await writeRandomFile(other, 6 * MIB, 9);
    await evict(other);
    const result = await warm(await resolveTargets([a, b, c]), { onPlan: () => renameSync(other, b) });
    expect(result.files[1]).toMatchObject({ read: 0, failure: { code: 'WARMSET_FILE_REPLACED' } });
    expect(await residentBytes(b)).toBe(0);
    expect(result.files.map(({ failure }) => failure?.code)).toEqual([
      undefined,
      'WARMSET_FILE_REPLACED',
      undefined,
    ]);
    expect(await residentBytes(c)).toBe(6 * MIB);
  });

  it.for(['cold', 'resident'])(
    'the residency of what took its place is not told as its own: %s',
    async (state) => {
      await using directory = await temporaryDirectory();
      const [a, b, c] = await threeFiles(directory);
      const set = await resolveTargets([a, b, c]);
      if (state === 'resident') await warm(set);
      const other = directory.file('other');
      await writeRandomFile(other, 9 * MIB, 9);
      const result = await warm(set, { onPlan: () => renameSync(other, b) });
      expect(await residentBytes(b)).toBe(9 * MIB);
      expect(result.files[1]).toMatchObject({ asked: 6 * MIB, residentNow: null, lost: 0 });
      expect(result).toMatchObject({ residentNow: 12 * MIB, unverifiedFiles: 1 });
    },
  );

  it('grown meanwhile, no more of it is told to be resident than was asked for', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('grows');
    await writeRandomFile(file, PAGE_SIZE + 1);
    const set = await resolveTargets([file]);
    const result = await warm(set, { onPlan: () => appendFileSync(file, 'x'.repeat(2 * PAGE_SIZE)) });
    expect(result).toMatchObject({ asked: PAGE_SIZE + 1, residentNow: PAGE_SIZE + 1, lost: 0 });
  });

  it('deleted between plan and fill is its own failure', async () => {
    await using directory = await temporaryDirectory();
    const [a, b, c] = await threeFiles(directory);
    const result = await warm(await resolveTargets([a, b, c]), { onPlan: () => rmSync(b) });
    expect(result.files[1]).toMatchObject({
      read: 0,
      residentNow: null,
      failure: { code: 'ENOENT', syscall: 'open' },
    });
    expect(result.files[2]).toMatchObject({ read: 6 * MIB, residentNow: 6 * MIB, failure: null });
  });

  it('appended to since it was resolved is read to its new end', async () => {
    await using directory = await temporaryDirectory();
    const [a] = await threeFiles(directory);
    const set = await resolveTargets([a]);
    await appendFile(a, readFileSync(a));
    await evict(a);
    const result = await warm(set);
    expect(result).toMatchObject({ asked: 12 * MIB, read: 12 * MIB, residentNow: 12 * MIB, lost: 0 });
    await expectTruth(result);
  });
});

describeWith([root, cc], 'a file that changed since its set was resolved', () => {
  it('is named with the reason: replaced, deleted, its directory gone', async () => {
    await using directory = await temporaryDirectory();
    const [a, b, c] = await threeFiles(directory);
    await mkdir(directory.file('sub'));
    await writeRandomFile(directory.file('sub', 'd'), MIB);
    const set = await resolveTargets([a, b, directory.file('sub'), c]);
    writeFileSync(directory.file('new'), 'another');
    await rename(directory.file('new'), a);
    await rm(b);
    await rm(directory.file('sub'), { recursive: true });
    const result = await warm(set);
    const byPath = new Map(result.files.map(({ file, failure }) => [file.path, failure]));
    expect(byPath.get(a)).toMatchObject({ code: 'WARMSET_FILE_REPLACED' });
    expect(byPath.get(b)).toMatchObject({ code: 'ENOENT', syscall: 'open' });
    expect(byPath.get(directory.file('sub', 'd'))).toMatchObject({ code: 'ENOENT', syscall: 'open' });
    expect(byPath.get(c)).toBeNull();
    expect(result).toMatchObject({ asked: 6 * MIB, read: 6 * MIB, residentNow: 6 * MIB, stopped: null });
  });
});

describeWith([root, cc, fuse], 'a file that is truncated while it is read', () => {
  it.for(ENGINES)('%s: ends that file and no other', async (engine) => {
    await using directory = await temporaryDirectory();
    await writeRandomFile(directory.file('a'), 24 * MIB, 1);
    await writeRandomFile(directory.file('b'), 4 * MIB, 2);
    const mount = owned(await mountSlowfs(directory.path, { faults: { delayUs: 20_000 } }));
    const set = await resolveTargets([mount.file('a'), mount.file('b')]);
    const filling = warm(set, { engine, streams: 1, windowBytes: 64 * PAGE_SIZE });
    while (mount.stats().bytes < MIB) await delay(1);
    truncateSync(directory.file('a'), MIB);
    const result = await filling;
    expect(result.files[0]?.failure).toMatchObject({ code: 'WARMSET_FILE_TRUNCATED' });
    expect(result.files[0]?.read).toBeLessThan(24 * MIB);
    expect(result.files[1]).toMatchObject({ read: 4 * MIB, residentNow: 4 * MIB, failure: null });
    await expectTruth(result);
  });
});

describe('an empty set', () => {
  it('is warm', async () => {
    const result = await warm(await resolveTargets([]));
    expect(result).toMatchObject({ asked: 0, read: 0, residentNow: 0, files: [], stopped: null });
  });
});
