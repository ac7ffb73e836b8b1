import { link, mkdir, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { residency, resolveTargets, type WarmSet } from '../../lib/index.ts';
import { addon } from '../../lib/native/addon.ts';
import { cachestat, mincore } from '../../lib/native/index.ts';
import { makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import * as capabilities from '../support/capabilities.ts';
import { libraryChild } from '../support/library-child.ts';
import { disagreements, measured, measuredIn, undisturbed } from '../support/measured.ts';
import { mustRun, NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const { describeWith, itWith, root } = capabilities;
const PAGES = 64;
const SIZE = PAGES * PAGE_SIZE;
const TIB = 2 ** 40;

describeWith([root, capabilities.cachestat], 'residency of a file', () => {
  let directory: TemporaryDirectory;
  beforeAll(async () => {
    directory = await temporaryDirectory('files');
  });
  afterAll(() => directory[Symbol.asyncDispose]());
  afterEach(() => void vi.restoreAllMocks());

  /** Runs `meanwhile` when the set is resolved and the first survey is about to begin. */
  async function measuredWhile(file: string, meanwhile: () => Promise<unknown>) {
    const set = await resolveTargets([file]);
    const real = addon().survey;
    vi.spyOn(addon(), 'survey').mockImplementationOnce(async (...args) => {
      await meanwhile();
      return real(...args);
    });
    const [answer] = (await residency(set, { map: 8 })).files;
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  describe('with holes', () => {
    const file = () => directory.file('sparse');
    beforeAll(async () => {
      await mustRun('truncate', [`--size=${SIZE}`, file()]);
      const handle = await open(file(), 'r+');
      await handle.write(Buffer.alloc(3 * PAGE_SIZE, 1), 0, 3 * PAGE_SIZE, 16 * PAGE_SIZE);
      await handle.sync();
      await handle.close();
    });

    it('counts the data, and says where it is', async () => {
      const { runs, answer } = await undisturbed(
        file(),
        () => makePagesResident(file(), [16, 18]),
        () => measured(file(), { map: 8 }),
      );
      expect(disagreements(answer, runs, PAGES)).toEqual([]);
      expect(answer).toMatchObject({ pageMap: { windowBytes: 8 * PAGE_SIZE } });
      expect('pageMap' in answer && Array.from(answer.pageMap?.dataPages ?? [])).toEqual([
        0, 0, 3, 0, 0, 0, 0, 0,
      ]);
    });

    it('counts the zero pages that reading a hole makes', async () => {
      const { runs, answer } = await undisturbed(
        file(),
        () => makePagesResident(file(), [0, 17, 40, 41]),
        () => measured(file(), { map: 64 }),
      );
      expect(runs).toHaveLength(3);
      expect(disagreements(answer, runs, PAGES)).toEqual([]);
    });

    it('of two tebibytes', { timeout: 8_000 }, async () => {
      const huge = directory.file('huge');
      await mustRun('truncate', [`--size=${2 * TIB}`, huge]);
      const handle = await open(huge, 'r+');
      await handle.write(Buffer.alloc(PAGE_SIZE), 0, PAGE_SIZE, 2 * TIB - PAGE_SIZE);
      await handle.write(Buffer.alloc(PAGE_SIZE), 0, PAGE_SIZE, TIB + 5 * PAGE_SIZE);
      await handle.sync();
      await handle.close();
      const answer = await measured(huge, { map: 1024 });
      expect(answer).toMatchObject({
        state: 'known',
        size: 2 * TIB,
        pages: (2 * TIB) / PAGE_SIZE,
        residentPages: 2,
        residentBytes: 2 * PAGE_SIZE,
        pageMap: { windowBytes: TIB / 512 },
      });
      const windows = 'pageMap' in answer ? Array.from(answer.pageMap?.residentPages ?? []) : [];
      expect(windows.flatMap((pages, index) => (pages > 0 ? [[index, pages]] : []))).toEqual([
        [512, 1],
        [1023, 1],
      ]);
      await rm(huge);
    });
  });

  describe('that changes', () => {
    const file = () => directory.file('changing');
    const fresh = async (pages = [0, 1, 63]) => {
      await rm(file(), { force: true, recursive: true });
      await writeRandomFile(file(), SIZE);
      await makePagesResident(file(), pages);
    };

    it('was deleted meanwhile', async () => {
      await fresh();
      const answer = await measuredWhile(file(), () => rm(file()));
      expect(answer).toMatchObject({ state: 'unknown', size: SIZE, reason: { code: 'unreadable' } });
      expect(answer.state === 'unknown' && answer.reason.message).toMatch(/^ENOENT/);
    });

    it('was replaced meanwhile by another file', async () => {
      await fresh();
      await writeRandomFile(directory.file('other'), SIZE, 2);
      const answer = await measuredWhile(file(), () => rename(directory.file('other'), file()));
      expect(answer).toMatchObject({ state: 'unknown', reason: { code: 'replaced' } });
    });

    it.each([
      ['a FIFO', () => mustRun('mkfifo', [file()])],
      ['a device', () => mustRun('mknod', [file(), 'c', '1', '3'])],
      ['a directory', () => mkdir(file())],
    ])('was replaced meanwhile by %s', { timeout: 5_000 }, async (_, make) => {
      await fresh();
      const answer = await measuredWhile(file(), async () => {
        await rm(file());
        await make();
      });
      expect(answer).toMatchObject({ state: 'unknown', reason: { code: 'replaced' } });
    });

    it.each([
      ['shorter', 10 * PAGE_SIZE + 5, 11],
      ['longer', 200 * PAGE_SIZE, 200],
      ['empty', 0, 0],
    ])('is %s when it is measured', async (_, size, pages) => {
      await fresh();
      const answer = await measuredWhile(file(), () => truncate(file(), size));
      expect(disagreements(answer, (await oracle(file())).runs, pages)).toEqual([]);
    });

    it('grows and shrinks all the while, and no number is impossible', async () => {
      await fresh();
      await using child = await libraryChild();
      const changing = child.call(
        `const { truncateSync } = process.getBuiltinModule('node:fs');
        const end = Date.now() + 1500;
        for (let size = 0; Date.now() < end; size = (size + 123_457) % 4_000_000) truncateSync(args, size);
        return 0;`,
        file(),
      );
      let over = false;
      void changing.finally(() => {
        over = true;
      });
      while (!over) {
        const answer = await measured(file(), { map: 32 });
        if (answer.state === 'unknown') throw new Error(answer.reason.message);
        expect(answer.residentPages).toBeLessThanOrEqual(answer.pages);
        expect(answer.residentBytes).toBeLessThanOrEqual(answer.size);
        expect(answer.pages).toBe(Math.ceil(answer.size / PAGE_SIZE));
        const sum = answer.pageMap?.residentPages.reduce((total, pages) => total + pages, 0);
        expect(sum).toBe(answer.residentPages);
      }
      await changing;
    });

    it('is known by its descriptor when its name is gone', async () => {
      await fresh([3, 4, 5]);
      const handle = await open(file(), 'r');
      try {
        await rm(file());
        expect(Array.from((await mincore(handle.fd)).runs)).toEqual([3, 3]);
        expect((await cachestat(handle.fd)).cached).toBe(3);
        expect(await cachestat(handle.fd, { offset: 4 * PAGE_SIZE, length: PAGE_SIZE })).toMatchObject({
          cached: 1,
        });
      } finally {
        await handle.close();
      }
    });
  });

  it('with several names is one', async () => {
    await mkdir(directory.file('names'));
    await writeRandomFile(directory.file('names', 'a'), SIZE);
    await link(directory.file('names', 'a'), directory.file('names', 'b'));
    await symlink('a', directory.file('names', 'c'));
    await makePagesResident(directory.file('names', 'a'), [7]);
    const report = await residency(await resolveTargets([directory.file('names')]));
    expect(report.total).toMatchObject({ files: 1, size: SIZE, residentBytes: PAGE_SIZE });
  });

  it('with a name that is not UTF-8, or holds a newline', async () => {
    await mkdir(directory.file('odd'));
    const at = Buffer.concat([Buffer.from(directory.file('odd')), Buffer.from([0x2f, 0xff, 0xfe, 0x0a])]);
    await writeFile(at, Buffer.alloc(5 * PAGE_SIZE));
    const set = await resolveTargets([directory.file('odd')]);
    expect(set.files[0]?.rawPath).toEqual(at);
    expect((await residency(set)).files).toMatchObject([{ state: 'known', residentPages: 5 }]);
  });

  itWith(capabilities.nobody, 'that may not be read says who may', async () => {
    await writeFile(directory.file('secret'), 'x', { mode: 0o600 });
    await using child = await libraryChild({ uid: NOBODY });
    const answer = await measuredIn(child, directory.file('secret'));
    expect(answer).toMatchObject({ state: 'unknown', size: 1, reason: { code: 'unreadable' } });
    expect(answer.reason?.message).toMatch(/^EACCES/);
    expect(answer.reason?.remedy).toMatch(/user who may read/);
  });

  it('beside twenty thousand others', { timeout: 60_000 }, async () => {
    const script =
      'mkdir "$0"; cd "$0"; seq 20000 | split --lines=1 --suffix-length=5 --numeric-suffixes - file-';
    await mustRun('sh', ['-c', script, directory.file('many')], { timeoutMs: 50_000 });
    const many = directory.file('many');
    const set: WarmSet = await resolveTargets([many]);
    expect(set.files).toHaveLength(20_000);
    expect(set.files.map((file) => file.path)).toEqual(
      Array.from({ length: 20_000 }, (_, index) => `${many}/file-${String(index).padStart(5, '0')}`),
    );
    const { files, total } = await residency(set);
    expect(files.map(({ file }) => file)).toEqual(set.files);
    expect(total).toMatchObject({ files: 20_000, size: set.size, unknownFiles: 0 });
    for (const index of [0, 255, 256, 257, 9_999, 19_999]) {
      const { resident } = await oracle(files[index]?.file.path ?? '');
      expect(files[index]).toMatchObject({ state: 'known', pages: 1, residentPages: resident });
    }
  });
});
