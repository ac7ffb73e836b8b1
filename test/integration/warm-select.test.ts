import { open } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { type ByteRange, ENGINES, planWarm, resolveTargets, warm } from '../../lib/index.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE, type PageRun } from '../support/cache.ts';
import { cc, describeWith, nobody, root } from '../support/capabilities.ts';
import { inScript } from '../support/library-script.ts';
import { residencyPatterns } from '../support/pattern.ts';
import { NOBODY } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { residentBytes } from '../support/truth.ts';

const MIB = 1 << 20;
const PAGES = 1024;
const SIZE = PAGES * PAGE_SIZE - 100;

const toRanges = (pages: readonly number[]): ByteRange[] =>
  pages.map((page) => ({ offset: page * PAGE_SIZE, length: PAGE_SIZE }));

const bytesOf = (pages: readonly number[]): number =>
  pages.reduce((sum, page) => sum + (page === PAGES - 1 ? PAGE_SIZE - 100 : PAGE_SIZE), 0);

describeWith([root, cc], 'selected parts', () => {
  it.for(residencyPatterns(PAGES, 7))('become resident to the page: $name', async ({ resident }) => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    const there = [1, 2, 3, 500, 1000];
    await makePagesResident(file, there);
    const set = await resolveTargets([file]);
    const result = await warm(set, { select: () => toRanges(resident) });
    const inside = resident.filter((page) => there.includes(page));
    const asked = bytesOf(resident);
    expect(result).toMatchObject({
      asked,
      alreadyResident: bytesOf(inside),
      read: asked - bytesOf(inside),
      residentNow: asked,
      lost: 0,
      stopped: null,
    });
    const union = [...new Set([...resident, ...there])];
    expect(await residentBytes(file)).toBe(bytesOf(union));
  });

  it.for(ENGINES)('are kept to a budget by %s', async (engine) => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    await evict(file);
    const set = await resolveTargets([file]);
    const every = Array.from({ length: PAGES / 4 }, (_, index) => index * 4);
    const budget = { maxBytes: 100 * PAGE_SIZE };
    const plan = await planWarm(set, { budget, select: () => toRanges(every) });
    expect(plan).toMatchObject({ toRead: 100 * PAGE_SIZE, leftOut: (every.length - 100) * PAGE_SIZE });
    const result = await warm(set, { engine, budget, select: () => toRanges(every) });
    expect(result).toMatchObject({ residentNow: 100 * PAGE_SIZE, stopped: { reason: 'budget' } });
    const runs = every.slice(0, 100).map((page): PageRun => [page, 1]);
    expect((await oracle(file)).runs).toEqual(runs);
  });

  it('far from the edges are read in bulk, and nothing beside them', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 150 * MIB);
    await evict(file);
    const set = await resolveTargets([file]);
    const range = { offset: 5 * MIB + PAGE_SIZE, length: 120 * MIB };
    const result = await warm(set, { select: () => [range] });
    expect(result).toMatchObject({ read: range.length, residentNow: range.length, lost: 0 });
    expect((await oracle(file)).runs).toEqual([[range.offset / PAGE_SIZE, range.length / PAGE_SIZE]]);
  });

  it('are asked for of some files, and of others the whole', async () => {
    await using directory = await temporaryDirectory();
    const [whole, part, none] = ['a', 'b', 'c'].map((name) => directory.file(name));
    for (const file of [whole, part, none]) {
      await writeRandomFile(file ?? '', MIB);
      await evict(file ?? '');
    }
    const set = await resolveTargets([directory.path]);
    const wanted = new Map([
      [part, [{ offset: 0, length: PAGE_SIZE }]],
      [none, []],
    ]);
    const result = await warm(set, { select: ({ path }) => wanted.get(path) ?? null });
    expect(result.files.map(({ residentNow }) => residentNow)).toEqual([MIB, PAGE_SIZE, 0]);
  });

  it('leave holes out', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('sparse');
    const handle = await open(file, 'w');
    await handle.write(Buffer.alloc(64 * 1024, 1), 0, 64 * 1024, MIB);
    await handle.truncate(3 * MIB);
    await handle.datasync();
    await handle.close();
    await evict(file);
    const set = await resolveTargets([file]);
    const result = await warm(set, { select: () => [{ offset: MIB - 8192, length: MIB }] });
    expect(result).toMatchObject({ asked: 64 * 1024, read: 64 * 1024, residentNow: 64 * 1024 });
  });
});

describeWith([root, cc, nobody], "selected parts of another user's file", () => {
  it('are read, resident or not, and verified', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, SIZE);
    await makePagesResident(file, [8]);
    const result = await inScript<Record<string, unknown>>(
      `const select = () => [{ offset: 4 * ${PAGE_SIZE}, length: 6 * ${PAGE_SIZE} }];
        return warmset.warm(await warmset.resolveTargets([args]), { select });`,
      { uid: NOBODY, args: file },
    );
    const bytes = 6 * PAGE_SIZE;
    expect(result).toMatchObject({ asked: bytes, read: bytes, residentNow: bytes, unverifiedFiles: 0 });
    expect((await oracle(file)).runs).toEqual([[4, 6]]);
  });
});
