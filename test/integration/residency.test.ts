import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evict, makePagesResident, oracle, PAGE_SIZE, pageRuns } from '../support/cache.ts';
import { cachestat, describeWith, root, seccomp, vmtouch } from '../support/capabilities.ts';
import { type LibraryChild, libraryChild } from '../support/library-child.ts';
import { disagreements, type Measured, measured, measuredIn, undisturbed } from '../support/measured.ts';
import { mulberry32, residencyPatterns } from '../support/pattern.ts';
import { mustRun } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

// In bytes: a byte, a page, odd ends, and counts of pages that don't divide into windows evenly.
const SIZES = [
  1,
  PAGE_SIZE,
  PAGE_SIZE + 1,
  3 * PAGE_SIZE,
  17 * PAGE_SIZE - 1,
  100 * PAGE_SIZE + 123,
  2 << 20,
  (4 << 20) + 7,
];
const SEEDS = [1, 2];
const WINDOWS = [1, 3, 64, 4096];

describeWith([root, cachestat, seccomp], 'residency, page by page', () => {
  let directory: TemporaryDirectory;
  // As on an old kernel, and as under an old container profile.
  let missing: LibraryChild;
  let blocked: LibraryChild;
  beforeAll(async () => {
    directory = await temporaryDirectory('residency');
    missing = await libraryChild({ deny: ['cachestat=ENOSYS'] });
    blocked = await libraryChild({ deny: ['cachestat=EPERM'] });
  });
  afterAll(async () => {
    await missing[Symbol.asyncDispose]();
    await blocked[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  describe.each(SIZES)('of %i bytes', (size) => {
    const pages = Math.ceil(size / PAGE_SIZE);
    const file = () => directory.file(`model-${size}`);
    beforeAll(async () => writeRandomFile(file(), size, size));

    it.each(SEEDS)('is what the oracle sees, seed %i', { timeout: 60_000 }, async (seed) => {
      const random = mulberry32(seed);
      for (const { name, resident } of residencyPatterns(pages, seed)) {
        const map = WINDOWS[Math.floor(random() * WINDOWS.length)] ?? 1;
        const { runs, answer: answers } = await undisturbed(
          file(),
          () => makePagesResident(file(), resident),
          async (): Promise<Record<string, Measured>> => ({
            here: await measured(file(), { map }),
            missing: await measuredIn(missing, file(), { map }),
            blocked: await measuredIn(blocked, file(), { map }),
          }),
        );
        expect(runs).toEqual(pageRuns(resident));
        for (const [who, answer] of Object.entries(answers)) {
          expect(disagreements(answer, runs, pages), `${name}, ${map} windows, ${who}`).toEqual([]);
          expect(answer.pageMap?.residentPages.length, name).toBeLessThanOrEqual(map);
        }
        expect([answers.missing?.source, answers.blocked?.source]).toEqual(['mincore', 'mincore']);
      }
    });
  });

  it('of an empty file is nothing of nothing', async () => {
    await writeRandomFile(directory.file('empty'), 0);
    for (const answer of [
      await measured(directory.file('empty'), { map: 10 }),
      await measuredIn(missing, directory.file('empty'), { map: 10 }),
    ]) {
      expect(disagreements(answer, [], 0)).toEqual([]);
    }
  });

  it('sums up over files, and leaves the cache as it was', async () => {
    const files = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const file = directory.file(`sum-${seed}`);
        await writeRandomFile(file, 40 * PAGE_SIZE, seed);
        return file;
      }),
    );
    await makePagesResident(files[0] ?? '', [0, 5, 6]);
    await makePagesResident(files[1] ?? '', []);
    await makePagesResident(files[2] ?? '', [39]);
    const { residency, resolveTargets } = await import('../../lib/index.ts');
    for (let round = 0; round < 3; round++) {
      const { total } = await residency(await resolveTargets(files));
      expect(total).toEqual({
        files: 3,
        size: 120 * PAGE_SIZE,
        residentBytes: 4 * PAGE_SIZE,
        unknownFiles: 0,
        cacheHitRatio: 4 / 120,
      });
    }
    expect((await oracle(files[0] ?? '')).runs).toEqual([
      [0, 1],
      [5, 2],
    ]);
  });

  describeWith(vmtouch, 'beside vmtouch and fincore', () => {
    it.each([0, 0.3, 1])('counts the same with %f of it resident', async (density) => {
      const file = directory.file('peers');
      const size = 1000 * PAGE_SIZE - 5;
      await writeRandomFile(file, size, 9);
      const random = mulberry32(7);
      await makePagesResident(
        file,
        Array.from({ length: 1000 }, (_, page) => page).filter(() => random() < density),
      );
      const answer = await measured(file);
      const touched = /Resident Pages: (\d+)\/1000/.exec(await mustRun('vmtouch', [file]));
      const core = await mustRun('fincore', ['--noheadings', '--raw', '--output', 'PAGES', file]);
      expect(answer).toMatchObject({ residentPages: Number(touched?.[1]) });
      expect(answer).toMatchObject({ residentPages: Number(core) });
      await evict(file);
    });
  });
});
