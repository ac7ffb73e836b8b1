import { lstat, mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import {
  applyChange,
  COMMON_STEPS,
  type CommonStep,
  listChanges,
  recoverChanges,
  removeChange,
} from '../../lib/change/index.ts';
import type { ChangePlan } from '../../lib/index.ts';
import { describeWith, root } from '../support/capabilities.ts';
import { runScript } from '../support/library-script.ts';
import { owned } from '../support/owned.ts';
import { start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

/** A backend's directory, and a shared one. */
async function made(directory: TemporaryDirectory): Promise<string> {
  const at = directory.file('srv');
  for (const name of ['cache', 'shared']) {
    await mkdir(join(at, name), { recursive: true });
    await writeFile(join(at, name, 'which'), name);
  }
  await writeFile(join(at, 'unit'), 'old');
  return at;
}

/** One step of every common kind but set-value, each upon the one before. */
async function planIn(at: string): Promise<ChangePlan> {
  const { dev, ino } = await stat(join(at, 'cache'), { bigint: true });
  const kept = join(at, 'kept');
  const steps: readonly CommonStep[] = [
    { do: 'make-directory', path: kept, mode: 0o750, uid: 0, gid: 0 },
    { do: 'rename', from: join(at, 'cache'), to: join(kept, 'cache'), identity: `${dev}:${ino}` },
    { do: 'make-directory', path: join(at, 'cache'), mode: 0o755, uid: 0, gid: 0 },
    { do: 'mount', type: 'bind', source: join(at, 'shared'), at: join(at, 'cache'), options: [] },
    { do: 'write-file', path: join(at, 'unit'), text: 'new', mode: 0o644, before: 'old' },
    { do: 'symlink', path: join(at, 'link'), target: 'kept', before: null },
  ];
  return { kind: 'test', subject: join(at, 'cache'), checks: [], steps };
}

/** Everything below: kind, mode, content. */
async function tree(at: string): Promise<readonly string[]> {
  const names = await readdir(at, { recursive: true });
  const lines = names.sort().map(async (name) => {
    const path = join(at, name);
    const facts = await lstat(path);
    const content = facts.isFile()
      ? await readFile(path, 'utf8')
      : facts.isSymbolicLink()
        ? await readlink(path)
        : '';
    return `${relative(at, path)} ${facts.mode.toString(8)} ${content}`;
  });
  return Promise.all(lines);
}

/** Kills itself just before or just after the step of this number is done or undone. */
const DYING = `
  const { plan, directory, doing, when, step } = args;
  const die = () => { process.kill(process.pid, 'SIGKILL'); };
  const numberOf = (one) => plan.steps.findIndex((other) => JSON.stringify(other) === JSON.stringify(one));
  const wrap = (kind) => Object.assign({}, kind, {
    [doing]: async (one, context) => {
      const mine = numberOf(one) === step;
      if (mine && when === 'before') die();
      await kind[doing](one, context);
      if (mine) die();
    },
  });
  const options = { kinds: warmset.COMMON_STEPS.map(wrap), directory };
  const { id } = await warmset.applyChange(plan, options);
  await warmset.removeChange(id, options);
`;

const STEPS = [0, 1, 2, 3, 4, 5];

describeWith([root], 'a change of the system', () => {
  it.for(
    STEPS.flatMap((step) =>
      (['before', 'after'] as const).flatMap((when) =>
        (['apply', 'undo'] as const).map((doing) => ({ step, when, doing })),
      ),
    ),
  )('that is killed $when the $doing of step $step can be taken back', async ({ step, when, doing }) => {
    await using directory = await temporaryDirectory('change');
    const at = await made(directory);
    const before = await tree(at);
    const plan = await planIn(at);
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    const { signal } = await runScript(DYING, {
      args: { plan, directory: options.directory, doing, when, step },
    });
    expect(signal).toBe('SIGKILL');
    expect(await listChanges(options)).toMatchObject([
      { state: doing === 'apply' ? 'applying' : 'removing' },
    ]);
    await expect(applyChange(plan, options)).rejects.toThrow('left half');
    expect(await recoverChanges(options)).toMatchObject([{ state: 'removed', begun: [] }]);
    expect(await tree(at)).toEqual(before);
    // And it can be done again as if nothing had been.
    const { id } = await applyChange(plan, options);
    expect(await readFile(join(at, 'cache', 'which'), 'utf8')).toBe('shared');
    await removeChange(id, options);
    expect(await tree(at)).toEqual(before);
  });

  it('takes nothing away that is in use, and names who uses it', async () => {
    await using directory = await temporaryDirectory('change');
    const at = await made(directory);
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    const { id } = await applyChange(await planIn(at), options);
    const reader = owned(start('sleep', ['60'], { cwd: join(at, 'cache') }));
    await expect(removeChange(id, options)).rejects.toThrow(`sleep (pid ${reader.pid}`);
    expect(await readFile(join(at, 'cache', 'which'), 'utf8')).toBe('shared');
    reader.kill('SIGKILL');
    await reader.ended;
    expect(await removeChange(id, options)).toMatchObject({ state: 'removed' });
    expect(await readFile(join(at, 'cache', 'which'), 'utf8')).toBe('cache');
  });

  it('keeps what was written into a directory of its own, and what was written over a file of its own', async () => {
    await using directory = await temporaryDirectory('change');
    const at = await made(directory);
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    const { id } = await applyChange(await planIn(at), options);
    await writeFile(join(at, 'unit'), "an operator's");
    await expect(removeChange(id, options)).rejects.toThrow('was changed since it was written');
    expect(await readFile(join(at, 'unit'), 'utf8')).toBe("an operator's");
    await writeFile(join(at, 'unit'), 'new');
    await writeFile(join(at, 'kept', 'mine'), 'mine');
    await removeChange(id, options);
    expect(await readFile(join(at, 'kept', 'mine'), 'utf8')).toBe('mine');
    expect(await readFile(join(at, 'cache', 'which'), 'utf8')).toBe('cache');
  });

  it('never renames over something, nor what another put in its place', async () => {
    await using directory = await temporaryDirectory('change');
    const at = await made(directory);
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    const plan = await planIn(at);
    const [, rename] = plan.steps;
    const only = { ...plan, steps: rename === undefined ? [] : [rename] };
    await mkdir(join(at, 'kept', 'cache'), { recursive: true });
    await expect(applyChange(only, options)).rejects.toThrow('is there already');
    const other = { ...only, steps: [{ ...only.steps[0], do: 'rename', identity: '1:1' }] };
    await expect(applyChange(other, options)).rejects.toThrow('something else is at');
  });
});
