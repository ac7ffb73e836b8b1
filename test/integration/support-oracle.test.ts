import { truncate, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, itWith, nobody, root, vmtouch } from '../support/capabilities.ts';
import { fixture } from '../support/compile.ts';
import { residencyPatterns } from '../support/pattern.ts';
import { mustRun, NOBODY, run } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

describeWith(cc, 'the oracle', () => {
  it('tells residency page by page', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 100 * PAGE_SIZE - 5);
    expect(await oracle(file)).toEqual({ pages: 100, resident: 100, runs: [[0, 100]] });
    await makePagesResident(file, [0, 10, 11, 99]);
    expect(await oracle(file)).toEqual({
      pages: 100,
      resident: 4,
      runs: [
        [0, 1],
        [10, 2],
        [99, 1],
      ],
    });
    // A range that only touches the pages 10 and 11.
    expect(await oracle(file, 11 * PAGE_SIZE - 1, 2)).toEqual({ pages: 2, resident: 2, runs: [[10, 2]] });
    expect(await oracle(file, 99 * PAGE_SIZE, 10 * PAGE_SIZE)).toEqual({
      pages: 1,
      resident: 1,
      runs: [[99, 1]],
    });
    expect(await oracle(file, 200 * PAGE_SIZE, 1)).toEqual({ pages: 0, resident: 0, runs: [] });
  });

  it('knows the empty file', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('empty'), '');
    expect(await oracle(directory.file('empty'))).toEqual({ pages: 0, resident: 0, runs: [] });
  });

  it('joins runs across its own windows of 262,144 pages', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('sparse');
    await writeFile(file, '');
    await truncate(file, 262_150 * PAGE_SIZE);
    await makePagesResident(file, [262_142, 262_143, 262_144, 262_145]);
    expect((await oracle(file)).runs).toEqual([[262_142, 4]]);
  });

  itWith([root, nobody], 'refuses where mincore would lie', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    await writeRandomFile(file, 10 * PAGE_SIZE);
    const result = await run(fixture('mincore-oracle'), [file], { uid: NOBODY });
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toMatch(/belongs to someone else/);
  });

  it('rejects for a missing file and for a directory', async () => {
    await expect(oracle('/nonexistent')).rejects.toThrow(/ENOENT/);
    await expect(oracle('/')).rejects.toThrow(/not a regular file/);
  });

  itWith(vmtouch, 'agrees with vmtouch', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('model');
    const pages = 301;
    await writeRandomFile(file, pages * PAGE_SIZE - 100);
    for (const { name, resident } of residencyPatterns(pages, 5)) {
      await makePagesResident(file, resident);
      const said = /Resident Pages: (\d+)\/(\d+)/.exec(await mustRun('vmtouch', [file]));
      const { pages: all, resident: some } = await oracle(file);
      expect([said?.[1], said?.[2]], name).toEqual([String(some), String(all)]);
    }
  });
});
