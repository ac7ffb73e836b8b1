import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  applyChange,
  type ChangePlan,
  COMMON_STEPS,
  recoverChanges,
  removeChange,
} from '../../lib/change/index.ts';
import { mirror, planSwitch, type SwitchBy } from '../../lib/storage/mirror/index.ts';
import { bindMount, describeWith, root } from '../support/capabilities.ts';
import { cli, json } from '../support/cli.ts';
import { runScript } from '../support/library-script.ts';
import { isMounted } from '../support/mount-table.ts';
import { owned } from '../support/owned.ts';
import { start } from '../support/run.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

/** A source with its mirror, and a backend's path: a link to the source, or a directory with what is in it. */
async function made(directory: TemporaryDirectory, kind: 'link' | 'directory') {
  const [from, to, at] = [directory.file('from'), directory.file('to'), directory.file('cache')];
  await mkdir(from);
  await writeFile(join(from, 'which'), 'both');
  await mirror(from, to, { guard: false });
  await writeFile(join(to, 'here'), 'the mirror');
  if (kind === 'link') await symlink(from, at);
  else {
    await mkdir(at);
    await writeFile(join(at, 'which'), 'directory');
  }
  return { from, to, at };
}

async function seen(at: string): Promise<string> {
  const names = (await readdir(at)).filter((name) => name !== '.warmset-mirror').sort();
  return `${names.join(' ')}: ${await readFile(join(at, 'which'), 'utf8')}`;
}

/** Kills itself just before or just after a step. */
const DYING = `
  const { plan, directory, doing, when, step } = args;
  const die = () => { process.kill(process.pid, 'SIGKILL'); };
  const wrap = (kind) => Object.assign({}, kind, {
    [doing]: async (one, context) => {
      const mine = plan.steps.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === step;
      if (mine && when === 'before') die();
      await kind[doing](one, context);
      if (mine) die();
    },
  });
  const options = { kinds: warmset.COMMON_STEPS.map(wrap), directory };
  const { id } = await warmset.applyChange(plan, options);
  await warmset.removeChange(id, options);
`;

const WAYS = [
  { kind: 'link', by: 'symlink', steps: 1 },
  { kind: 'directory', by: 'symlink', steps: 2 },
  { kind: 'directory', by: 'bind', steps: 1 },
] as const satisfies readonly { kind: 'link' | 'directory'; by: SwitchBy; steps: number }[];

const CRASHES = WAYS.flatMap((way) =>
  Array.from({ length: way.steps }, (_, step) => step).flatMap((step) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['apply', 'undo'] as const).map((doing) => ({ ...way, step, when, doing })),
    ),
  ),
);

describeWith([root, bindMount], 'a mirror that stands in for its source', () => {
  it.for(WAYS)('at a $kind by $by, and back', async ({ kind, by, steps }) => {
    await using directory = await temporaryDirectory('switch');
    const { to, at } = await made(directory, kind);
    const before = await seen(at);
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    const plan = await planSwitch(to, at, { by });
    expect(plan.steps.length).toBe(steps);
    expect(await seen(at)).toBe(before);
    const { id } = await applyChange(plan, options);
    expect(await seen(at)).toBe('here which: both');
    expect(isMounted(at)).toBe(by === 'bind');
    await removeChange(id, options);
    expect(await seen(at)).toBe(before);
  });

  it.for(CRASHES)(
    'killed $when the $doing of step $step at a $kind by $by it can be taken back',
    async ({ kind, by, step, when, doing }) => {
      await using directory = await temporaryDirectory('switch');
      const { to, at } = await made(directory, kind);
      const before = await seen(at);
      const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
      const plan: ChangePlan = await planSwitch(to, at, { by });
      const { signal } = await runScript(DYING, {
        args: { plan, directory: options.directory, doing, when, step },
      });
      expect(signal).toBe('SIGKILL');
      expect(await recoverChanges(options)).toMatchObject([{ state: 'removed', begun: [] }]);
      expect(await seen(at)).toBe(before);
    },
  );

  it('is never pulled away from under who uses it', async () => {
    await using directory = await temporaryDirectory('switch');
    const { to, at } = await made(directory, 'directory');
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    const { id } = await applyChange(await planSwitch(to, at), options);
    const reader = owned(start('sleep', ['60'], { cwd: at }));
    await expect(removeChange(id, options)).rejects.toThrow(`sleep (pid ${reader.pid}`);
    expect(await seen(at)).toBe('here which: both');
    await reader.stop();
    await removeChange(id, options);
  });

  it('only where it is whole, and a source that became the mirror is not copied onto itself', async () => {
    await using directory = await temporaryDirectory('switch');
    const { from, to, at } = await made(directory, 'link');
    const options = { kinds: COMMON_STEPS, directory: directory.file('changes') };
    await writeFile(join(from, 'big'), 'big');
    expect(await mirror(from, to, { guard: false, maxBytes: 1 })).toMatchObject({ whole: false });
    const plan = await planSwitch(to, at);
    expect(plan.checks).toContainEqual(expect.objectContaining({ code: 'whole', verdict: 'refuse' }));
    await expect(applyChange(plan, options)).rejects.toMatchObject({ code: 'WARMSET_CHANGE' });
    await mirror(from, to, { guard: false });
    await applyChange(await planSwitch(to, at), options);
    await expect(mirror(at, to, { guard: false })).rejects.toThrow('in each other, or the same');
  });

  it('as a verb: planned, done, told, undone', { timeout: 60_000 }, async () => {
    await using directory = await temporaryDirectory('switch');
    const { from, to, at } = await made(directory, 'link');
    const state = ['--state', directory.file('changes')];
    const words = ['storage', 'mirror', '--no-guard', '--quiet', from, to];
    const planned = await cli([...words, ...state, '--dry-run', '--json', '--switch', at]);
    expect(json(planned)).toMatchObject({
      ...{ schema: 'warmset.mirrorSwitchPlan/1', kind: 'mirror-switch', subject: at, refused: false },
      steps: [{ do: 'symlink', command: ['ln', '-sfn', to, at] }],
    });
    expect(await readlink(at)).toBe(from);
    for (const _ of ['once', 'twice']) {
      const done = await cli([...words, ...state, '--json', '--switch', at]);
      expect([done.code, json(done)]).toMatchObject([
        0,
        { schema: 'warmset.mirrorSwitch/1', state: 'applied' },
      ]);
      expect(await readlink(at)).toBe(to);
    }
    expect(json(await cli([...words, ...state, '--json', '--status']))).toMatchObject({
      ...{ schema: 'warmset.mirrorStatus/1', whole: true, pid: null },
      switches: [{ subject: at, state: 'applied' }],
    });
    expect((await cli([...words, ...state, '--switch-back', at])).stdout).toContain('removed');
    expect(await readlink(at)).toBe(from);
    expect((await cli([...words, ...state, '--switch-back', at])).code).toBe(1);
  });
});
