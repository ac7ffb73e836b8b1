import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveTargets, type WarmSet } from '../../lib/targets/index.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory('glob');
});
afterEach(async () => {
  await directory[Symbol.asyncDispose]();
});

async function tree(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(path.dirname(directory.file(file)), { recursive: true });
    await writeFile(directory.file(file), file);
  }
}

const names = (set: WarmSet) => set.files.map((file) => path.relative(directory.path, file.path));
const resolve = (...targets: string[]) => resolveTargets(targets, { cwd: directory.path });

describe('a glob', () => {
  beforeEach(() =>
    tree('m/a.bin', 'm/b.bin', 'm/c.txt', 'm/.d.bin', 'm/sub/e.bin', 'm/sub/deep/f.bin', 'n/g.bin'),
  );

  it.each([
    ['m/*.bin', ['m/.d.bin', 'm/a.bin', 'm/b.bin']],
    ['*/*.bin', ['m/.d.bin', 'm/a.bin', 'm/b.bin', 'n/g.bin']],
    ['m/**/*.bin', ['m/.d.bin', 'm/a.bin', 'm/b.bin', 'm/sub/deep/f.bin', 'm/sub/e.bin']],
    ['**/e.bin', ['m/sub/e.bin']],
    ['m/{a,c}.*', ['m/a.bin', 'm/c.txt']],
    ['{m,n}/[a-g].bin', ['m/a.bin', 'm/b.bin', 'n/g.bin']],
    ['m/{sub/e,a}.bin', ['m/a.bin', 'm/sub/e.bin']],
    ['m/?.txt', ['m/c.txt']],
    ['m/@(a|b).bin', ['m/a.bin', 'm/b.bin']],
    ['./n/*', ['n/g.bin']],
    ['m/../n/*', ['n/g.bin']],
  ])('%s', async (pattern, expected) => {
    const set = await resolve(pattern);
    expect(names(set)).toEqual(expected);
    expect(set.failures).toEqual([]);
    expect(names(await resolveTargets([directory.file(pattern)]))).toEqual(expected);
  });

  it('that matches a directory takes what is below it', async () => {
    expect(names(await resolve('m/s*'))).toEqual(['m/sub/deep/f.bin', 'm/sub/e.bin']);
    expect(names(await resolve('**/deep'))).toEqual(['m/sub/deep/f.bin']);
  });

  it.each(['m/*.none', 'none/*', '**/none', 'm/a.bin/*'])(
    'that matches nothing is a failure: %s',
    async (pattern) => {
      const set = await resolve(pattern);
      expect(set.files).toEqual([]);
      expect(set.failures).toHaveLength(1);
      expect(set.failures[0]?.remedy).not.toBe('');
    },
  );

  it('that starts with ! is refused, not turned round', async () => {
    const set = await resolve('!m/*.bin');
    expect(set.files).toEqual([]);
    expect(set.failures).toMatchObject([{ path: '!m/*.bin', code: 'WARMSET_BAD_TARGET' }]);
  });

  // Small files first, then the rest: the second target must not find the directory used up.
  it('leaves to later targets what it did not match', async () => {
    const set = await resolve('m/*.txt', 'm/**/e.bin', 'm');
    expect(names(set)).toEqual([
      'm/c.txt',
      'm/sub/e.bin',
      'm/.d.bin',
      'm/a.bin',
      'm/b.bin',
      'm/sub/deep/f.bin',
    ]);
    expect(names(await resolve('m/a*', 'm/b*', 'm/*'))).toHaveLength(6);
  });

  it('whose matches are all in the set already is no failure', async () => {
    const set = await resolve('m', 'm/*.bin', 'm/s*');
    expect(set.failures).toEqual([]);
    expect(set.files).toHaveLength(6);
  });

  it('matches by the name it walks, whatever else leads there', async () => {
    await symlink('m', directory.file('want'));
    await symlink('m/sub', directory.file('x'));
    expect(names(await resolve('want/*.txt'))).toEqual(['want/c.txt']);
    expect(names(await resolve('**/want/*.txt'))).toEqual(['want/c.txt']);
    expect(names(await resolve('**/x/deep/*.bin'))).toEqual(['x/deep/f.bin']);
    expect(names(await resolve('w*/sub'))).toEqual(['want/sub/deep/f.bin', 'want/sub/e.bin']);
  });

  it('ends in a thicket of links', { timeout: 5_000 }, async () => {
    for (let from = 0; from < 12; from++) {
      await tree(`thicket/${from}/file.bin`);
      for (let to = 0; to < 12; to++) {
        await symlink(`../${to}`, directory.file('thicket', String(from), `to-${to}`));
      }
    }
    const set = await resolve('thicket/**/*.bin');
    expect(set.files).toHaveLength(12);
    expect((await resolve('thicket/**/to-3/*.bin')).files).toHaveLength(1);
  });

  it('crosses names with newlines and bytes that are not UTF-8', async () => {
    await tree('é/new\nline/x.bin');
    const odd = Buffer.concat([
      Buffer.from(directory.file('é')),
      Buffer.from('/'),
      Buffer.from([0xff]),
      Buffer.from('.bin'),
    ]);
    await writeFile(odd, 'x');
    expect(names(await resolve('é/**/*.bin')).sort()).toEqual(['é/new\nline/x.bin', 'é/\\xff.bin'].sort());
  });

  it('may be longer than a name may be', async () => {
    const pattern = `m/{${Array.from({ length: 100 }, (_, index) => `none-${index}`).join()},a}.bin`;
    expect(names(await resolve(pattern))).toEqual(['m/a.bin']);
  });
});

describe('a name that looks like a glob', () => {
  it('is a name where it exists', async () => {
    await tree('m/*', 'm/ab', 'm/[ab]', 'm/{a,b}/file', 'm/a/file');
    expect(names(await resolve('m/*'))).toEqual(['m/*']);
    expect(names(await resolve('m/[ab]'))).toEqual(['m/[ab]']);
    expect(names(await resolve('m/{a,b}'))).toEqual(['m/{a,b}/file']);
  });

  it('stands for itself when escaped, also before the first wildcard', async () => {
    await tree('we[ird/a.bin', 'we[ird/b.bin', 'w*/a.bin', 'ww/a.bin');
    expect(names(await resolve('we\\[ird/*.bin'))).toEqual(['we[ird/a.bin', 'we[ird/b.bin']);
    expect(names(await resolve('w\\*/*.bin'))).toEqual(['w*/a.bin']);
  });
});
