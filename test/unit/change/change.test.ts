import { readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import {
  applyChange,
  type ChangeOptions,
  type ChangePlan,
  listChanges,
  recoverChanges,
  removeChange,
  type StepKind,
} from '../../../lib/change/index.ts';
import { lockFile } from '../../../lib/native/file-lock.ts';
import { temporaryDirectory } from '../../support/temp.ts';

/** A system that is a set of words, which a step adds one to. */
const there = new Set<string>();
const failing = { apply: '', undo: '' };
const schema = z.strictObject({ do: z.literal('add'), word: z.string() });
const add: StepKind<z.infer<typeof schema>> = {
  do: 'add',
  schema,
  describe: ({ word }) => `add ${word}`,
  command: () => null,
  isDone: async ({ word }) => there.has(word),
  apply: async ({ word }) => {
    if (failing.apply === word) throw new Error(`${word} can't be added`);
    there.add(word);
  },
  undo: async ({ word }) => {
    if (failing.undo === word) throw new Error(`${word} is in use`);
    there.delete(word);
  },
};

const PLAN: ChangePlan = plan('x', 'a', 'b', 'c');
let options: ChangeOptions & { readonly directory: string };

function plan(subject: string, ...words: readonly string[]): ChangePlan {
  return { kind: 'test', subject, checks: [], steps: words.map((word) => ({ do: 'add', word })) };
}

beforeEach(async () => {
  there.clear();
  Object.assign(failing, { apply: '', undo: '' });
  const directory = await temporaryDirectory('change');
  onTestFinished(() => directory[Symbol.asyncDispose]());
  options = { kinds: [add], directory: directory.file('changes') };
});

it('does the steps in order, and undoes them in reverse', async () => {
  const seen: string[] = [];
  const onStep: ChangeOptions['onStep'] = (step, doing) => {
    seen.push(`${doing} ${(step as unknown as { word: string }).word}`);
  };
  const record = await applyChange(PLAN, { ...options, onStep });
  expect(record).toMatchObject({
    kind: 'test',
    subject: 'x',
    state: 'applied',
    begun: [0, 1, 2],
    failure: null,
  });
  expect([...there]).toEqual(['a', 'b', 'c']);
  expect(await removeChange(record.id, { ...options, onStep })).toMatchObject({
    state: 'removed',
    begun: [],
  });
  expect(there.size).toBe(0);
  expect(seen).toEqual(['apply a', 'apply b', 'apply c', 'undo c', 'undo b', 'undo a']);
  expect(await listChanges(options)).toEqual([]);
});

it('is once when applied twice, and nothing when removed twice', async () => {
  const first = await applyChange(PLAN, options);
  expect(await applyChange(PLAN, options)).toEqual(first);
  expect(await listChanges(options)).toHaveLength(1);
  await removeChange(first.id, options);
  expect(await removeChange(first.id, options)).toMatchObject({ state: 'removed' });
});

it('leaves alone what somebody else did before, also when it is removed', async () => {
  there.add('b');
  const { id, begun } = await applyChange(PLAN, options);
  expect(begun).toEqual([0, 2]);
  await removeChange(id, options);
  expect([...there]).toEqual(['b']);
});

it('undoes everything when a step fails, and says with what', async () => {
  failing.apply = 'c';
  await expect(applyChange(PLAN, options)).rejects.toThrow("c can't be added");
  expect(there.size).toBe(0);
  expect(await listChanges(options)).toEqual([]);
  failing.apply = '';
  expect(await applyChange(PLAN, options)).toMatchObject({ state: 'applied' });
});

it('says so when undoing fails too, and recovers when told', async () => {
  Object.assign(failing, { apply: 'c', undo: 'a' });
  await expect(applyChange(PLAN, options)).rejects.toThrow(/c can't be added.*a is in use/);
  expect(await listChanges(options)).toMatchObject([
    { state: 'removing', begun: [0], failure: 'a is in use' },
  ]);
  await expect(applyChange(PLAN, options)).rejects.toMatchObject({
    remedy: expect.stringContaining('recover'),
  });
  failing.undo = '';
  expect(await recoverChanges(options)).toMatchObject([{ state: 'removed' }]);
  expect(there.size).toBe(0);
});

it('goes on where a removal was refused', async () => {
  const { id } = await applyChange(PLAN, options);
  failing.undo = 'b';
  await expect(removeChange(id, options)).rejects.toThrow('b is in use');
  expect([...there]).toEqual(['a', 'b']);
  failing.undo = '';
  expect(await removeChange(id, options)).toMatchObject({ state: 'removed' });
  expect(there.size).toBe(0);
});

it('is undone by a signal that comes between two steps', async () => {
  const controller = new AbortController();
  const applying = applyChange(PLAN, {
    ...options,
    signal: controller.signal,
    onStep: () => controller.abort(new Error('enough')),
  });
  await expect(applying).rejects.toThrow('enough');
  expect(there.size).toBe(0);
});

it('refuses what a check refuses, before anything is written', async () => {
  const checks = [
    { code: 'fine', verdict: 'ok', message: 'fine' },
    { code: 'busy', verdict: 'refuse', message: 'two files are open', remedy: 'close them' },
  ] as const;
  await expect(applyChange({ ...PLAN, checks }, options)).rejects.toMatchObject({
    code: 'WARMSET_CHANGE',
    message: 'two files are open',
    remedy: 'close them',
  });
  expect(await listChanges(options)).toEqual([]);
});

it('refuses another plan for what is changed already, and allows one for something else', async () => {
  await applyChange(PLAN, options);
  await expect(applyChange(plan('x', 'd'), options)).rejects.toThrow('with other steps');
  expect(await applyChange(plan('y', 'd'), options)).toMatchObject({ subject: 'y', state: 'applied' });
});

it('holds the lock until all is done', async () => {
  const slow: StepKind<z.infer<typeof schema>> = {
    ...add,
    apply: async (step, context) => {
      await add.apply(step, context);
      expect(
        await lockFile(`${options.directory}/changes.lock`, { holder: '', priority: 'normal' }),
      ).toBeNull();
    },
  };
  expect(await applyChange(PLAN, { ...options, kinds: [slow] })).toMatchObject({ state: 'applied' });
});

it('refuses while another process is at work', async () => {
  await applyChange(PLAN, options);
  await using lock = await lockFile(`${options.directory}/changes.lock`, {
    holder: '1\n',
    priority: 'normal',
  });
  expect(lock).not.toBeNull();
  await expect(recoverChanges(options)).rejects.toThrow('another process');
});

it('knows no change that was never made', async () => {
  await expect(removeChange('test-0', options)).rejects.toMatchObject({
    code: 'WARMSET_CHANGE',
    message: expect.stringContaining('test-0'),
  });
});

it('keeps the journals of what is there, and of the removed only the newest', {
  timeout: 60_000,
}, async () => {
  await applyChange(PLAN, options);
  for (let round = 0; round < 55; round += 1) {
    const { id } = await applyChange(plan('y', `round ${round}`), options);
    await removeChange(id, options);
  }
  const names = (await readdir(options.directory)).filter((name) => name.endsWith('.jsonl'));
  expect(names.length).toBeGreaterThan(45);
  expect(names.length).toBeLessThanOrEqual(52);
  expect(await listChanges(options)).toMatchObject([{ subject: 'x', state: 'applied' }]);
});

it('writes on behind a line that a crash cut off', async () => {
  const { id } = await applyChange(PLAN, options);
  const path = `${options.directory}/${id}.jsonl`;
  await writeFile(path, `${await readFile(path, 'utf8')}{"event":"remov`);
  expect(await removeChange(id, options)).toMatchObject({ state: 'removed' });
});
