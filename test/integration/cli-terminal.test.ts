import { mkdir, writeFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { displayWidth } from '../../lib/cli/render/width.ts';
import { everyVerb } from '../../lib/cli/verbs.ts';
import { cc, describeWith, fuse, itWith, root } from '../support/capabilities.ts';
import { cli } from '../support/cli.ts';
import { halfWarm, halfWarmModel, type ModelDirectory } from '../support/model-directory.ts';
import { mountSlowfs } from '../support/mounts.ts';
import { owned } from '../support/owned.ts';
import { finalLines, inTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';

/**
 * Lines that are wider than the terminal although they could have been broken between words. A command to be copied
 * can't.
 */
function tooWide(screen: string, columns: number): string[] {
  return finalLines(screen)
    .map((line) => stripVTControlCharacters(line))
    .filter((line) => {
      const words = line.trim().split(/ +/);
      return displayWidth(line) > columns && words.length > 1 && words[0] !== '$';
    });
}

describeWith([cc, pseudoTerminal], 'on a terminal', () => {
  let model: ModelDirectory;
  beforeAll(async () => {
    model = await halfWarmModel();
  });
  afterAll(() => model[Symbol.asyncDispose]());
  beforeEach(() => halfWarm(model));

  describe.each([100, 60, 40])('of %d columns', (columns) => {
    it.each(['C.UTF-8', 'C'])('nothing is wider than it (locale %s)', async (locale) => {
      const runs = [
        ['status', model.path],
        ['plan', '--max-bytes', '1GiB', model.path],
        ['warm', '--max-bytes', '500KiB', model.path],
        ['evict', '--dry-run', model.path],
        ['evict', model.path],
        ['lock', '--for', '50ms', model.files[2] ?? ''],
        ['warm', '--max-bytes', '12parsecs', model.path],
        ['status'],
      ];
      for (const words of runs) {
        const { screen } = await inTerminal(words, { columns, locale });
        expect(tooWide(screen, columns), words.join(' ')).toEqual([]);
        if (locale === 'C') expect(stripVTControlCharacters(screen)).toMatch(/^[\r\n -~]*$/);
      }
    });

    it('nor is any help', async () => {
      for (const words of [
        ['--help'],
        ['snapshot', '--help'],
        ...everyVerb().map(({ words }) => [...words, '--help']),
      ]) {
        const { screen } = await inTerminal(words, { columns });
        expect(tooWide(screen, columns), words.join(' ')).toEqual([]);
      }
    });
  });

  it('status shows names without their directory, and strips of blocks', async () => {
    const { screen, code } = await inTerminal(['status', model.path], { columns: 100 });
    expect(code).toBe(0);
    const lines = finalLines(stripVTControlCharacters(screen));
    expect(lines[0]).toBe(`${model.path}/`);
    expect(lines[4]).toMatch(/^shard-1\.safetensors {2,}255 KiB {2,}255 KiB {2,}100 % {2,}█{32}$/);
    expect(lines[5]).toMatch(/^shard-2\.safetensors {2,}256 KiB {2,}128 KiB {2,}50\.0 % {2,}▓{32}$/);
    expect(lines[6]).toMatch(/^shard-10\.safetensors {2,}256 KiB {2,}0 B {2,}0 % {2,}·{32}$/);
    expect(lines[7]).toMatch(/^5 files {2,}767 KiB {2,}383 KiB {2,}49\.7 %$/);
  });

  it('a long strip gives way before a name does', async () => {
    const at = async (columns: number): Promise<string> => {
      const { screen } = await inTerminal(['status', model.path], { columns });
      return finalLines(stripVTControlCharacters(screen))[4] ?? '';
    };
    expect(await at(68)).toMatch(/^shard-1\.safetensors .*100 % {2,}█{19}$/);
    expect(await at(60)).toMatch(/^shard-1\.safetensors .*255 KiB {2,}100 %$/);
    expect(await at(40)).toMatch(/^shard-1\.safetensors .*100 %$/);
  });

  it('colours, unless NO_COLOR is set; a pipe has colour only by FORCE_COLOR', async () => {
    const options = { columns: 80 };
    const words = ['status', model.path];
    expect((await inTerminal(words, options)).screen).toContain('\x1b[32m');
    for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { TERM: 'dumb' }]) {
      expect((await inTerminal(words, { ...options, env })).screen).not.toContain('\x1b');
    }
    const both = { NO_COLOR: '1', FORCE_COLOR: '1' };
    expect((await inTerminal(words, { ...options, env: both })).screen).toContain('\x1b[32m');
    const env = { PATH: process.env.PATH };
    expect((await cli(words, { env })).stdout).not.toContain('\x1b');
    expect((await cli(words, { env: { ...env, FORCE_COLOR: '1' } })).stdout).toContain('\x1b[32m');
  });

  it('a set of many files is cut to what tells most, unless --all is given', async () => {
    const home = model.directory.file('many');
    await mkdir(home);
    for (let index = 0; index < 60; index += 1) await writeFile(`${home}/f${index}`, 'x'.repeat(index + 1));
    const cut = finalLines(
      stripVTControlCharacters((await inTerminal(['status', home], { columns: 80 })).screen),
    );
    expect(cut.filter((line) => /^f\d+ /.test(line))).toHaveLength(40);
    expect(cut).toContain('and 20 more: 20 all resident; --all lists them');
    expect(cut.join('\n')).toMatch(/^60 files /m);
    const all = finalLines(
      (await inTerminal(['status', '--all', home], { columns: 80, env: { NO_COLOR: '1' } })).screen,
    );
    expect(all.filter((line) => /^f\d+ /.test(line))).toHaveLength(60);
    const piped = await cli(['status', home]);
    expect(piped.stdout.split('\n').filter((line) => line.startsWith(home))).toHaveLength(60);
  });

  itWith([root, fuse], 'warm draws its progress on one line and takes it away again', async () => {
    const mount = owned(await mountSlowfs(model.path, { faults: { delayUs: 300_000 } }));
    const words = ['warm', '--no-guard', '--engine', 'read', '--streams', '1', mount.path];
    const { screen, code } = await inTerminal(words, { columns: 80, env: { NO_COLOR: '1' } });
    expect(code).toBe(0);
    const [progress = '', ...rest] = screen.split('\n');
    const drawn = progress.split('\r\x1b[2K');
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.at(-2)).toMatch(/^warming {2}━*─* +[\d.<]+ % +[\d.]+ \/ 767 KiB( |$)/);
    for (const line of drawn) expect(displayWidth(line)).toBeLessThan(80);
    expect(drawn.at(-1)).toMatch(/^asked {13}767 KiB/);
    expect(rest.join('\n')).not.toContain('\x1b');
    await cli(['evict', mount.path]);
    const quiet = await inTerminal([...words, '--quiet'], { columns: 80 });
    expect(quiet.screen).not.toContain('\x1b[2K');
  });
});
