import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { applyBind, planBind, removeBind } from '../../lib/storage/bind/index.ts';
import { choosePolicy } from '../../lib/storage/placement/index.ts';
import { bindMount, describeWith, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { treeOf } from '../support/layer-trees.ts';
import { killedAt, layerSite } from '../support/layers.ts';
import { start } from '../support/run.ts';
import { temporaryDirectory } from '../support/temp.ts';

describeWith([root, bindMount], 'storage bind', () => {
  it('shows the shared directory with local ones over it, and gives the directory back', async () => {
    await using directory = await temporaryDirectory('bind');
    const { cache, base, change } = await layerSite(directory.path);
    const options = { shared: base, policy: choosePolicy({}) };
    const before = treeOf(cache);
    const first = await applyBind(cache, options, change);
    expect((await applyBind(cache, options, change)).id).toBe(first.id);
    expect(await readFile(`${cache}/hub/shared.txt`, 'utf8')).toBe('shared');
    expect(existsSync(`${cache}/hub/mine`)).toBe(false);
    expect(await readdir(`${cache}/hub/.locks`)).toEqual(['own.lock']);
    await writeFile(`${cache}/hub/.locks/later.lock`, '');
    expect(existsSync(`${base}/hub/.locks/later.lock`)).toBe(false);
    await rm(`${cache}/hub/.locks/later.lock`);
    await removeBind(cache, change);
    const untimed = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('hub/.locks '));
    expect(untimed(treeOf(cache))).toEqual(untimed(before));
    expect(existsSync(`${directory.path}/.cache.warmset`)).toBe(false);
  });

  it('lets nothing be written where that was asked for', async () => {
    await using directory = await temporaryDirectory('bind');
    const { cache, base, change } = await layerSite(directory.path);
    await applyBind(cache, { shared: base, policy: choosePolicy({}), readOnly: true }, change);
    await expect(writeFile(`${cache}/hub/x`, '')).rejects.toMatchObject({ code: 'EROFS' });
    await writeFile(`${cache}/hub/.locks/x`, '');
    await removeBind(cache, change);
  });

  it('refuses what is in use, and says which places the shared directory lacks', async () => {
    await using directory = await temporaryDirectory('bind');
    const { cache, base, change } = await layerSite(directory.path);
    const policy = choosePolicy({ local: ['nowhere'] });
    const codes = (await planBind(cache, { shared: base, policy })).checks.filter(
      ({ verdict }) => verdict === 'warn',
    );
    expect(codes.map(({ message }) => message).join()).toContain('nowhere can’t be kept local');
    await using user = start('sleep', ['60'], { cwd: `${cache}/hub` });
    await expect(applyBind(cache, { shared: base, policy }, change)).rejects.toMatchObject({
      message: expect.stringContaining(`(pid ${user.pid}`),
    });
  });
});

describeWith([root, bindMount], 'the verbs of layers', () => {
  it('plan, apply, show, diff, remove and recover, in text and JSON', async () => {
    await using directory = await temporaryDirectory('verbs');
    const site = await layerSite(directory.path);
    const { cache, base } = site;
    const state = ['--state', directory.file('state')];
    const lower = ['--lower', base, '--writable-lower', ...state];
    const refused = await cli(['storage', 'overlay', 'plan', cache, '--lower', base, ...state]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^refuse lower: /m);
    const plan = await cli(['storage', 'overlay', 'plan', cache, ...lower, '--json']);
    expect(plan.code).toBe(0);
    expect(json(plan)).toMatchObject({
      schema: 'warmset.storageOverlay/1',
      action: 'plan',
      plan: { kind: 'overlay', subject: cache, refused: false },
    });
    expect(existsSync(directory.file('state'))).toBe(false);
    expect((await cli(['storage', 'overlay', 'apply', cache, ...lower])).stdout).toMatch(
      /^overlay of .* is applied/,
    );
    await writeFile(`${cache}/hub/new`, 'new');
    await rm(`${cache}/hub/shared.txt`);
    const status = await cli(['storage', 'overlay', 'status', cache, ...state]);
    expect(status.stdout).toMatch(/drift {4}none/);
    expect(status.code).toBe(0);
    const diff = await cli(['storage', 'overlay', 'diff', cache, ...state]);
    expect(diff.stdout).toMatch(/^whiteout +hub\/shared.txt$/m);
    await writeFile(`${base}/late`, '');
    const drifted = await cli(['storage', 'overlay', 'status', cache, '--json', ...state]);
    expect(drifted.code).toBe(1);
    expect(json(drifted)).toMatchObject({ drift: [{ path: 'late', change: 'added' }] });
    expect((await cli(['storage', 'recover', '--list', ...state])).stdout).toMatch(
      /^overlay of .* applied$/m,
    );
    expect((await cli(['storage', 'overlay', 'remove', cache, ...state])).stdout).toMatch(/is removed/);
    expect((await killedAt(site, 'apply', 7.5)).signal).toBe('SIGKILL');
    const half = await cli(['storage', 'recover', '--list', ...state]);
    expect([half.code, half.stdout]).toEqual([1, expect.stringContaining('applying')]);
    expect((await cli(['storage', 'overlay', 'apply', cache, ...lower])).stderr).toContain('storage recover');
    expect((await cli(['storage', 'recover', ...state])).stdout).toMatch(/removed$/m);
    const none = await cli(['storage', 'recover', '--list', '--json', ...state]);
    expect(json(none)).toEqual({ schema: 'warmset.storageRecover/1', action: 'list', changes: [] });
  });

  it('say what is wrong with a command line', async () => {
    await using directory = await temporaryDirectory('verbs');
    const missing = await cli(['storage', 'overlay', 'plan', directory.path]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--lower is missing')]);
    const unknown = await cli(['storage', 'overlay', 'undo', directory.path]);
    expect(unknown.code).toBe(2);
    const none = await cli(['storage', 'bind', 'remove', directory.path, '--state', directory.file('s')]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('there is no bind of ours')]);
    await writeFile(directory.file('policy'), '{"rules":[{"path":"../x","placement":"local"}]}');
    const bad = await cli([
      'storage',
      'bind',
      'plan',
      directory.path,
      '--shared',
      '/',
      '--policy',
      directory.file('policy'),
    ]);
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('placement policy')]);
  });
});
