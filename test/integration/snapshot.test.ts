import { randomBytes } from 'node:crypto';
import { readSync } from 'node:fs';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  diffWithNow,
  planRestore,
  type RestoreResult,
  readSnapshot,
  resolveTargets,
  restoreSnapshot,
  saveSnapshot,
} from '../../lib/index.ts';
import { exactPages } from '../../lib/residency/exact-pages.ts';
import { evict, makePagesResident, oracle, PAGE_SIZE } from '../support/cache.ts';
import { cc, describeWith, nobody, root } from '../support/capabilities.ts';
import { libraryChild } from '../support/library-child.ts';
import { residencyPatterns } from '../support/pattern.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory, writeRandomFile } from '../support/temp.ts';
import { residentBytes } from '../support/truth.ts';

const PAGES = 600;
const SIZE = PAGES * PAGE_SIZE - 77;

async function fileWith(
  directory: TemporaryDirectory,
  name: string,
  pages: readonly number[],
): Promise<string> {
  const file = directory.file(name);
  await writeRandomFile(file, SIZE);
  await makePagesResident(file, pages);
  return file;
}

const half = Array.from({ length: PAGES / 2 }, (_, index) => index * 2);
const statesOf = ({ files }: RestoreResult) => files.map(({ state }) => state);

describeWith([root, cc], 'a snapshot', () => {
  it.for(residencyPatterns(PAGES, 3))('brings back just these pages: $name', async ({ resident }) => {
    await using directory = await temporaryDirectory();
    const file = await fileWith(directory, 'model', resident);
    const before = await oracle(file);
    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    expect((await oracle(file)).runs).toEqual(before.runs);
    await evict(file);
    const result = await restoreSnapshot(saved.path);
    expect((await oracle(file)).runs).toEqual(before.runs);
    const [report] = result.files;
    expect(report).toMatchObject({
      path: file,
      state: resident.length > 0 ? 'restored' : 'already-resident',
      recorded: saved.residentBytes,
      read: saved.residentBytes,
      residentNow: saved.residentBytes,
      failure: null,
    });
    expect(result.beside).toBe(0);
  });

  it('reads only what is missing of it, and says what was there', async () => {
    await using directory = await temporaryDirectory();
    const file = await fileWith(directory, 'model', half);
    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    await makePagesResident(file, [0, 1, 2, 3, 4]);
    const result = await restoreSnapshot(saved.path);
    expect(result.files).toMatchObject([{ state: 'restored', alreadyResident: 3 * PAGE_SIZE, beside: 0 }]);
    const again = await restoreSnapshot(saved.path);
    expect(again.files).toMatchObject([{ state: 'already-resident', read: 0, beside: 0 }]);
  });

  it('reports files that were replaced, truncated, written, removed, or are directories now', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(directory.file('m'));
    const names = ['1-kept', '2-replaced', '3-truncated', '4-written', '5-removed', '6-directory'];
    const files: string[] = [];
    for (const name of names) files.push(await fileWith(directory, `m/${name}`, half));
    const [kept = '', replaced = '', truncated = '', written = '', removed = '', folder = ''] = files;
    const set = await resolveTargets([directory.file('m')]);
    const saved = await saveSnapshot(set, directory.file('set.snap'));
    await writeRandomFile(directory.file('other'), SIZE, 2);
    await rename(directory.file('other'), replaced);
    await truncate(truncated, 3 * PAGE_SIZE);
    await utimes(written, new Date(), new Date());
    await rm(removed);
    await rm(folder);
    await mkdir(folder);
    for (const file of [kept, replaced, truncated, written]) await evict(file);
    const result = await restoreSnapshot(saved.path);
    expect(result.files.map(({ state, detail }) => [state, detail])).toEqual([
      ['restored', null],
      ['changed', 'another file is at its path'],
      ['changed', `it had ${SIZE} bytes and has ${3 * PAGE_SIZE}`],
      ['changed', 'it was written since'],
      ['missing', 'no such file or directory'],
      ['changed', 'it is no regular file any more'],
    ]);
    for (const file of [replaced, truncated, written]) expect((await oracle(file)).resident).toBe(0);
    expect(await diffWithNow(saved.snapshot)).toMatchObject({
      files: [
        { state: 'same' },
        { state: 'changed' },
        { state: 'changed' },
        { state: 'changed' },
        { state: 'removed' },
        { path: folder },
      ],
    });
  });

  it('keeps to a budget, file by file, and a plan says so before', async () => {
    await using directory = await temporaryDirectory();
    const files: string[] = [];
    for (const name of ['a', 'b', 'c']) files.push(await fileWith(directory, name, half));
    const saved = await saveSnapshot(await resolveTargets(files), directory.file('set.snap'));
    for (const file of files) await evict(file);
    const budget = { maxBytes: 400 * PAGE_SIZE };
    const plan = await planRestore(saved.path, { budget });
    expect(plan.files.map(({ state }) => state)).toEqual(['to-restore', 'out-of-budget', 'out-of-budget']);
    const result = await restoreSnapshot(saved.path, { budget });
    expect(statesOf(result)).toEqual(['restored', 'out-of-budget', 'out-of-budget']);
    expect(result.fill.stopped?.reason).toBe('budget');
    const seen = await Promise.all(files.map(async (file) => (await oracle(file)).resident));
    expect(seen).toEqual([300, 100, 0]);
    expect(plan.plan.toRead).toBe(400 * PAGE_SIZE);
  });

  it('keeps names that are no UTF-8', async () => {
    await using directory = await temporaryDirectory();
    const plain = await fileWith(directory, 'plain', half);
    const odd = Buffer.from(directory.file('caf\xe9\n'), 'latin1');
    await rename(plain, odd);
    const set = await resolveTargets([directory.path]);
    expect(set.files[0]?.rawPath).toEqual(odd);
    const saved = await saveSnapshot(set, directory.file('set.snap'));
    const back = directory.file('back');
    await rename(odd, back);
    await evict(back);
    await rename(back, odd);
    const result = await restoreSnapshot(saved.path);
    expect(result.files).toMatchObject([{ state: 'restored', rawPath: odd }]);
  });

  it('stops when told to, and reports what was done', async () => {
    await using directory = await temporaryDirectory();
    const file = await fileWith(directory, 'model', half);
    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    await evict(file);
    const controller = new AbortController();
    const result = await restoreSnapshot(saved.path, {
      rate: PAGE_SIZE * 10,
      signal: controller.signal,
      onProgress: ({ phase }) => {
        if (phase === 'filling') controller.abort();
      },
    });
    expect(result.files).toMatchObject([{ state: 'incomplete', detail: expect.stringMatching(/^stopped/) }]);
    expect(result.fill.stopped?.reason).toBe('aborted');
    await expect(restoreSnapshot(saved.path, { signal: controller.signal })).rejects.toThrow();
  });

  it('says how much came in beside it', async () => {
    await using directory = await temporaryDirectory();
    const file = await fileWith(directory, 'model', half.slice(0, 10));
    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    await makePagesResident(file, [PAGES - 50]);
    await using handle = await open(file, 'r');
    const result = await restoreSnapshot(saved.path, {
      onProgress: ({ phase }) => {
        // Another reader, whom the kernel reads ahead for.
        if (phase === 'verifying') readSync(handle.fd, Buffer.alloc(1), 0, 1, 300 * PAGE_SIZE);
      },
    });
    const beside = (await residentBytes(file)) - 11 * PAGE_SIZE;
    expect(beside).toBeGreaterThan(0);
    expect(result.files).toMatchObject([{ state: 'restored', beside }]);
    expect(result.beside).toBe(beside);
  });

  it('tells what came and went since', async () => {
    await using directory = await temporaryDirectory();
    const file = await fileWith(directory, 'model', [0, 1, 2, 3]);
    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    await makePagesResident(file, [2, 3, PAGES - 1]);
    expect(await diffWithNow(saved.snapshot)).toMatchObject({
      gained: PAGE_SIZE - 77,
      lost: 2 * PAGE_SIZE,
      same: 2 * PAGE_SIZE,
    });
  });

  it('sees the same pages of a file that is asked about in pieces', async () => {
    await using directory = await temporaryDirectory();
    for (const { resident, name } of residencyPatterns(PAGES, 5)) {
      const file = await fileWith(directory, 'model', resident);
      const [warmFile] = (await resolveTargets([file])).files;
      if (!warmFile) throw new Error('no file');
      const [whole, pieces] = [await exactPages(warmFile, {}), await exactPages(warmFile, {}, 64)];
      if (whole.state === 'unknown' || pieces.state === 'unknown') throw new Error('unknown');
      expect(pieces.resident, name).toEqual(whole.resident);
      const { runs } = await oracle(file);
      expect(whole.resident, name).toEqual(Float64Array.from(runs.flat()));
    }
  });
});

describeWith([root, cc, nobody], "a snapshot of another user's files", () => {
  it('has them as unknown and never as empty; restoring one of theirs works all the same', async () => {
    await using directory = await temporaryDirectory();
    const file = await fileWith(directory, 'model', half);
    await using child = await libraryChild({ uid: NOBODY });
    const taken = await child.call<{ files: { state: string; reason: { code: string } }[] }>(
      'return warmset.takeSnapshot(await warmset.resolveTargets([args]));',
      file,
    );
    expect(taken.files).toMatchObject([{ state: 'unknown', reason: { code: 'not-permitted' } }]);

    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    await evict(file);
    const restored = await child.call<RestoreResult>('return warmset.restoreSnapshot(args);', saved.path);
    expect(restored.files).toMatchObject([
      { state: 'restored', alreadyResident: null, residentNow: saved.residentBytes, beside: null },
    ]);
    expect((await oracle(file)).resident).toBe(half.length);
  });

  it('that could not be read says which one', async () => {
    await using directory = await temporaryDirectory();
    await mkdir(directory.file('m'));
    const file = await fileWith(directory, 'm/model', half);
    const saved = await saveSnapshot(await resolveTargets([file]), directory.file('set.snap'));
    await using child = await libraryChild({ uid: NOBODY });
    const handle = await open(file, 'r');
    await handle.chmod(0o600);
    await handle.close();
    const restored = await child.call<RestoreResult>('return warmset.restoreSnapshot(args);', saved.path);
    expect(restored.files).toMatchObject([{ state: 'unreadable', failure: { code: 'EACCES' } }]);
  });
});

describeWith(root, "a snapshot's file", () => {
  it('that is none is refused with its name', async () => {
    await using directory = await temporaryDirectory();
    const file = directory.file('x.snap');
    for (const bytes of [Buffer.alloc(0), Buffer.from('{}'), randomBytes(1000)]) {
      await writeFile(file, bytes);
      await expect(restoreSnapshot(file)).rejects.toMatchObject({
        code: 'WARMSET_BAD_SNAPSHOT',
        subject: file,
        message: expect.stringContaining(file),
      });
    }
    await expect(readSnapshot(directory.path)).rejects.toMatchObject({ code: 'WARMSET_BAD_SNAPSHOT' });
    await expect(readSnapshot('/dev/zero')).rejects.toMatchObject({ code: 'WARMSET_BAD_SNAPSHOT' });
    await truncate(file, 2 ** 40);
    await expect(readSnapshot(file)).rejects.toThrow(/longer than/);
    await expect(readSnapshot(directory.file('no'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is replaced whole, through no link, and leaves nothing beside it', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file('model'), 'x');
    const set = await resolveTargets([directory.file('model')]);
    await writeFile(directory.file('elsewhere'), 'precious');
    await symlink(directory.file('elsewhere'), directory.file('set.snap'));
    await saveSnapshot(set, directory.file('set.snap'));
    expect(await readFile(directory.file('elsewhere'), 'utf8')).toBe('precious');
    expect((await readdir(directory.path)).sort()).toEqual(['elsewhere', 'model', 'set.snap']);
    await expect(saveSnapshot(set, directory.file('no', 'set.snap'))).rejects.toMatchObject({
      code: 'ENOENT',
      path: directory.file('no', 'set.snap'),
    });
    await expect(saveSnapshot(set, directory.path)).rejects.toMatchObject({ path: directory.path });
    expect((await readdir(directory.path)).sort()).toEqual(['elsewhere', 'model', 'set.snap']);
  });
});
