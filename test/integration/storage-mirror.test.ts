import { createHash } from 'node:crypto';
import {
  link,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followMirror, mirror, mirrorStatus } from '../../lib/storage/mirror/index.ts';
import { oracle } from '../support/cache.ts';
import { btrfsLoop, describeWith, ext4Loop, root, xfsLoop } from '../support/capabilities.ts';
import { type LoopFilesystem, mountLoop } from '../support/mounts.ts';
import { mustRun, run } from '../support/run.ts';
import { temporaryDirectory, writeRandomFile } from '../support/temp.ts';

const MIB = 1 << 20;
const ATTEMPT = { guard: false } as const;

/** What differs between two directories, by a program that shares no code with ours. */
async function differences(a: string, b: string): Promise<string> {
  const { stdout, stderr } = await run('diff', ['-r', '--no-dereference', '--exclude=.warmset-mirror', a, b]);
  return stdout + stderr;
}

async function evict(path: string): Promise<void> {
  await mustRun('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0']);
}

async function makeTree(at: string): Promise<void> {
  await mkdir(join(at, 'sub/empty'), { recursive: true });
  await writeRandomFile(join(at, 'model'), 20 * MIB + 777, 1);
  await writeRandomFile(join(at, 'sub/small'), 3, 2);
  await writeFile(join(at, 'nothing'), '');
  await link(join(at, 'model'), join(at, 'sub/again'));
  await symlink('../model', join(at, 'sub/link'));
  await symlink('nowhere', join(at, 'dangling'));
  await writeFile(Buffer.concat([Buffer.from(`${at}/odd`), Buffer.from([0xff])]), 'odd');
}

it('a tree is copied whole, leaves no page behind, and is whole the next time', {
  timeout: 30_000,
}, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await makeTree(from);
  await utimes(join(from, 'model'), 1_000_000, 1_000_000.5);
  await evict(join(from, 'model'));
  const result = await mirror(from, to);
  expect(result).toMatchObject({ whole: true, stopped: null, sourcePagesLeft: 0, residentBytes: 0 });
  expect(result.asked.files).toBe(5);
  expect(result.verified).toEqual(result.asked);
  expect(result.files.find(({ path }) => path === 'model')?.sha256).toBe(
    createHash('sha256')
      .update(await readFile(join(from, 'model')))
      .digest('hex'),
  );
  expect((await oracle(join(to, 'model'))).resident).toBe(0);
  expect(await differences(from, to)).toBe('');
  const [model, again] = await Promise.all(['model', 'sub/again'].map((name) => stat(join(to, name))));
  expect(model?.ino).toBe(again?.ino);
  expect(model?.mtimeMs).toBe(1_000_000_500);
  expect(await mirror(from, to)).toMatchObject({ whole: true, files: [], skipped: result.asked });
  expect(await mirrorStatus(to)).toMatchObject({ source: from, whole: true, files: 5, pid: null });
});

it('what is wanted warm stays in memory, and pages of the source that were there stay, too', {
  timeout: 30_000,
}, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  await writeRandomFile(join(from, 'model'), 9 * MIB);
  const before = await oracle(join(from, 'model'));
  expect(before.resident).toBeGreaterThan(0);
  const result = await mirror(from, to, { ...ATTEMPT, warm: true });
  expect(result.residentBytes).toBe(9 * MIB);
  expect((await oracle(join(from, 'model'))).resident).toBeGreaterThanOrEqual(before.resident);
});

it('changes are followed: new, replaced, removed; and what is written in the mirror is kept', {
  timeout: 30_000,
}, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await makeTree(from);
  await mirror(from, to, ATTEMPT);
  await writeRandomFile(join(from, 'next'), MIB, 5);
  await rename(join(from, 'next'), join(from, 'sub/small'));
  await writeFile(join(from, 'new'), 'new');
  await rm(join(from, 'nothing'));
  await rm(join(from, 'sub/empty'), { recursive: true });
  await writeFile(join(to, 'model'), 'written by the backend');
  await writeFile(join(to, 'sub/theirs'), 'theirs');
  const second = await mirror(from, to, ATTEMPT);
  expect(second.gone.toSorted()).toEqual(['nothing', 'sub/empty']);
  expect(second.files.map(({ path, outcome }) => [path, outcome])).toEqual([
    ['model', 'changed-here'],
    ['new', 'copied'],
    ['sub/again', 'changed-here'],
    ['sub/small', 'copied'],
  ]);
  const third = await mirror(from, to, { ...ATTEMPT, delete: true });
  expect([third.deleted.toSorted(), third.gone]).toEqual([['nothing', 'sub/empty'], []]);
  expect(await readFile(join(to, 'model'), 'utf8')).toBe('written by the backend');
  expect((await mirror(from, to, { ...ATTEMPT, overwrite: true })).whole).toBe(true);
  await rm(join(to, 'sub/theirs'));
  expect(await differences(from, to)).toBe('');
});

it('what was there before is compared: the same is kept, another is never replaced', async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await Promise.all([from, to].map((path) => mkdir(path)));
  for (const path of [from, to]) await writeFile(join(path, 'same'), 'same');
  await writeFile(join(from, 'other'), 'mine');
  await writeFile(join(to, 'other'), 'ours');
  const result = await mirror(from, to, ATTEMPT);
  expect(result.files.map(({ path, outcome }) => [path, outcome])).toEqual([
    ['other', 'failed'],
    ['same', 'adopted'],
  ]);
  expect(result.whole).toBe(false);
  expect(await readFile(join(to, 'other'), 'utf8')).toBe('ours');
});

it('a hub model comes with its links, blobs and references; a blob that is not what its name says does not', async () => {
  await using directory = await temporaryDirectory('mirror');
  const [hub, to] = [directory.file('hub'), directory.file('to')];
  const model = join(hub, 'models--org--name');
  for (const name of ['blobs', 'refs', 'snapshots/c0ffee'])
    await mkdir(join(model, name), { recursive: true });
  const weights = Buffer.alloc(100_000, 7);
  const named = createHash('sha256').update(weights).digest('hex');
  const false_ = 'f'.repeat(64);
  await writeFile(join(model, 'blobs', named), weights);
  await writeFile(join(model, 'blobs', false_), 'damaged');
  await writeFile(join(model, 'refs/main'), 'c0ffee');
  await symlink(`../../blobs/${named}`, join(model, 'snapshots/c0ffee/model.safetensors'));
  await symlink(`../../blobs/${false_}`, join(model, 'snapshots/c0ffee/config.json'));
  const result = await mirror(hub, to, ATTEMPT);
  expect(result.files.find(({ outcome }) => outcome === 'failed')).toMatchObject({
    path: `models--org--name/blobs/${false_}`,
    failure: { code: 'WARMSET_STORAGE', message: expect.stringContaining('name says') },
  });
  const copied = join(to, 'models--org--name');
  expect(await readFile(join(copied, 'refs/main'), 'utf8')).toBe('c0ffee');
  expect(await readlink(join(copied, 'snapshots/c0ffee/model.safetensors'))).toBe(`../../blobs/${named}`);
  expect(await readFile(join(copied, 'snapshots/c0ffee/model.safetensors'))).toEqual(weights);
  await expect(stat(join(copied, 'blobs', false_))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('a mirror is of one source, not in itself, and worked on by one process', async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await Promise.all([from, directory.file('other')].map((path) => mkdir(path)));
  await writeFile(join(from, 'a'), 'a');
  await mirror(from, to, ATTEMPT);
  const refused = { code: 'WARMSET_STORAGE' };
  await expect(mirror(directory.file('other'), to, ATTEMPT)).rejects.toMatchObject(refused);
  await expect(mirror(from, join(from, 'in'), ATTEMPT)).rejects.toMatchObject(refused);
  await expect(mirror(from, directory.path, ATTEMPT)).rejects.toMatchObject(refused);
  await expect(mirror(directory.file('none'), to, ATTEMPT)).rejects.toMatchObject(refused);
  const results = await Promise.allSettled([mirror(from, to, ATTEMPT), mirror(from, to, ATTEMPT)]);
  expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
});

it('a budget leaves out what does not fit, and says so', async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  for (const name of ['a', 'b', 'c']) await writeRandomFile(join(from, name), MIB);
  const result = await mirror(from, to, { ...ATTEMPT, maxBytes: 2 * MIB });
  expect(result).toMatchObject({ whole: false, stopped: { reason: 'budget' }, copied: { files: 2 } });
  expect(result.files.at(-1)).toMatchObject({ path: 'c', outcome: 'left-out' });
});

it('a loop follows its source until it is ended', { timeout: 30_000 }, async () => {
  await using directory = await temporaryDirectory('mirror');
  const [from, to] = [directory.file('from'), directory.file('to')];
  await mkdir(from);
  await writeFile(join(from, 'a'), 'a');
  const end = new AbortController();
  const rounds: number[] = [];
  await followMirror(from, to, {
    ...{ ...ATTEMPT, intervalMs: 20, signal: end.signal },
    onRound: async ({ copied }) => {
      rounds.push(copied.files);
      if (rounds.length === 1) await writeFile(join(from, 'b'), 'b');
      if (rounds.length === 3) end.abort();
    },
  });
  expect(rounds).toEqual([1, 1, 0]);
  expect(await differences(from, to)).toBe('');
});

const FILESYSTEMS = [
  ['ext4', ext4Loop, 64],
  ['xfs', xfsLoop, 320],
  ['btrfs', btrfsLoop, 256],
] as const satisfies readonly (readonly [LoopFilesystem, unknown, number])[];

for (const [kind, capability, mib] of FILESYSTEMS) {
  describeWith([root, capability], `on ${kind}`, () => {
    it('holes stay holes, and data is shared where it can be', { timeout: 60_000 }, async () => {
      await using directory = await temporaryDirectory('mirror');
      await using disk = await mountLoop(kind, mib * MIB);
      const from = directory.file('from');
      await mkdir(from);
      await writeRandomFile(join(from, 'sparse'), MIB, 3);
      await truncate(join(from, 'sparse'), 300 * MIB);
      await mustRun('sync', ['-f', from]);
      // More than there is room for, but for its holes.
      const result = await mirror(from, disk.file('a'), ATTEMPT);
      expect(result).toMatchObject({ whole: true, residentBytes: 0 });
      expect(await differences(from, disk.file('a'))).toBe('');
      expect((await stat(disk.file('a/sparse'))).blocks * 512).toBeLessThan(4 * MIB);
      const again = await mirror(disk.file('a'), disk.file('b'), ATTEMPT);
      expect(again.whole).toBe(true);
      expect(again.shared.files).toBe(kind === 'ext4' ? 0 : 1);
      expect(await differences(disk.file('a'), disk.file('b'))).toBe('');
    });
  });
}
