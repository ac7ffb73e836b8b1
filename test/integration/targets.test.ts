import { spawnSync } from 'node:child_process';
import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addon } from '../../lib/native/addon.ts';
import { pathBytes, resolveTargets, type WarmSet } from '../../lib/targets/index.ts';
import { describeWith, nobody, root } from '../support/capabilities.ts';
import { libraryChild } from '../support/library-child.ts';
import { NOBODY } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory('targets');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await directory[Symbol.asyncDispose]();
});

/** Makes files (a byte for each letter of their path) and the directories that they are in. */
async function tree(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(path.dirname(directory.file(file)), { recursive: true });
    await writeFile(directory.file(file), file);
  }
}

const names = (set: WarmSet) => set.files.map((file) => path.relative(directory.path, file.path));
const resolve = (...targets: (string | Buffer)[]) => resolveTargets(targets, { cwd: directory.path });

describe('a directory', () => {
  it('is taken with all below it, in natural order, hidden files too', async () => {
    await tree('m/shard-10', 'm/shard-2', 'm/shard-1', 'm/sub/b', 'm/sub/a', 'm/.hidden', 'm/z', 'm/Shard-3');
    const set = await resolve('m');
    expect(names(set)).toEqual([
      'm/.hidden',
      'm/shard-1',
      'm/shard-2',
      'm/Shard-3',
      'm/shard-10',
      'm/sub/a',
      'm/sub/b',
      'm/z',
    ]);
    expect(set.failures).toEqual([]);
    expect(set.size).toBe(names(set).join('').length);
  });

  it('follows links, and loops end', async () => {
    await tree('m/real/file', 'blobs/blob');
    await symlink('../blobs/blob', directory.file('m/by-link'));
    await symlink('..', directory.file('m/real/up'));
    await symlink('.', directory.file('m/self'));
    await symlink('nowhere', directory.file('m/dangling'));
    await symlink('circle', directory.file('m/circle'));
    const set = await resolve('m');
    expect(names(set)).toEqual(['m/by-link', 'm/real/file']);
    expect(set.skipped).toMatchObject({ danglingLinks: 2, duplicates: 2 });
    expect(set.failures).toEqual([]);
  });

  it('counts what is no file, and never waits for it', { timeout: 5_000 }, async () => {
    await tree('m/file');
    const script = `mkfifo "$1/fifo"; mknod "$1/device" c 1 3
      exec "$2" -e 'require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))' "$1/socket"`;
    spawnSync('sh', ['-c', script, 'sh', directory.file('m'), process.execPath], { timeout: 4_000 });
    const set = await resolve('m');
    expect(names(set)).toEqual(['m/file']);
    expect(set.skipped).toEqual({ sockets: 1, fifos: 1, devices: 1, danglingLinks: 0, duplicates: 0 });
    for (const one of ['fifo', 'socket', 'device']) {
      expect(await resolve(`m/${one}`)).toMatchObject({ files: [], failures: [] });
    }
  });

  it('that vanishes between its name and its contents is one failure', async () => {
    await tree('m/a/one', 'm/b/two', 'm/c/three');
    const real = addon().listDirectory;
    vi.spyOn(addon(), 'listDirectory').mockImplementation(async (name, ...job) => {
      if (String(name).endsWith('/b')) await rm(String(name), { recursive: true });
      return real(name, ...job);
    });
    const set = await resolve('m');
    expect(names(set)).toEqual(['m/a/one', 'm/c/three']);
    expect(set.failures).toMatchObject([{ path: directory.file('m/b'), code: 'ENOENT' }]);
    expect(set.failures[0]?.remedy).toMatch(/removed meanwhile/);
  });

  describeWith([root, nobody], 'that may not be read', () => {
    it('is a failure with a remedy, and the rest is there', async () => {
      await tree('m/open/file', 'm/closed/file', 'm/unsearchable/file', 'm/z');
      spawnSync('chmod', ['700', directory.file('m/closed')]);
      spawnSync('chmod', ['744', directory.file('m/unsearchable')]);
      await using child = await libraryChild({ uid: NOBODY });
      const set = await child.call<WarmSet>('return warmset.resolveTargets([args])', directory.file('m'));
      expect(names(set)).toEqual(['m/open/file', 'm/z']);
      expect(set.failures.map(({ path: at, code }) => [path.relative(directory.path, at), code])).toEqual([
        ['m/closed', 'EACCES'],
        ['m/unsearchable/file', 'EACCES'],
      ]);
      for (const { remedy } of set.failures) expect(remedy).toMatch(/grant/);
    });
  });
});

describe('a file', () => {
  it('comes once, whatever its names and however often it is named', async () => {
    await tree('a', 'm/b');
    await link(directory.file('a'), directory.file('m/hard'));
    await symlink('../a', directory.file('m/soft'));
    const set = await resolve('a', 'm', 'a', './m/../a', 'm/hard');
    expect(names(set)).toEqual(['a', 'm/b']);
    expect(set.skipped.duplicates).toBe(5);
    expect(set.size).toBe('a'.length + 'm/b'.length);
  });

  it('keeps the order in which targets were named', async () => {
    await tree('m/1', 'm/2', 'm/3');
    expect(names(await resolve('m/3', 'm'))).toEqual(['m/3', 'm/1', 'm/2']);
  });

  it('may have any name', async () => {
    const odd = Buffer.concat([Buffer.from('odd-'), Buffer.from([0xff, 0xfe])]);
    await tree('m/new\nline', 'm/*', 'm/[a]{b,c}?', 'm/é');
    await writeFile(Buffer.concat([Buffer.from(`${directory.path}/m/`), odd]), 'x');
    const set = await resolve('m');
    expect(names(set).sort()).toEqual(
      ['m/*', 'm/[a]{b,c}?', 'm/new\nline', 'm/odd-\\xff\\xfe', 'm/é'].sort(),
    );
    const raw = set.files.flatMap((file) => file.rawPath ?? []);
    expect(raw).toEqual([Buffer.concat([Buffer.from(`${directory.path}/m/`), odd])]);
    for (const file of set.files) expect((await resolveTargets([pathBytes(file)])).files).toEqual([file]);
  });

  it('that is named by bytes starts from cwd too', async () => {
    await tree('m/a');
    expect(names(await resolve(Buffer.from('m/a')))).toEqual(['m/a']);
    expect(names(await resolve(Buffer.from('m')))).toEqual(['m/a']);
  });

  it('that is not there is a failure, and the others are there', async () => {
    await tree('a', 'b');
    const set = await resolve('a', 'gone', 'a/below', 'b');
    expect(names(set)).toEqual(['a', 'b']);
    expect(set.failures).toMatchObject([
      { path: directory.file('gone'), code: 'ENOENT' },
      { path: directory.file('a/below'), code: 'ENOTDIR' },
    ]);
  });

  it.each([
    ['', '""'],
    ['a\0b', '"a\\u0000b"'],
  ])('of no possible name is refused: %j', async (target, subject) => {
    for (const form of [target, Buffer.from(target)]) {
      await expect(resolve('.', form)).rejects.toMatchObject({ code: 'WARMSET_BAD_TARGET', subject });
    }
  });

  it('is not looked for once the signal is aborted', async () => {
    const reason = new Error('enough');
    await expect(resolveTargets(['/'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const walking = resolveTargets(['/usr'], { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    await expect(walking).rejects.toBe(reason);
  });
});
