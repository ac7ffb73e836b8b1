import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainTargets, resolveTargets, type WarmSet } from '../../../../lib/targets/index.ts';
import { COMMIT, OTHER_COMMIT, plant, plantHubModel, SHARDED } from '../../../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../../support/temp.ts';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory('hub');
});
afterEach(() => directory[Symbol.asyncDispose]());

const options = () => ({ env: { HF_HUB_CACHE: directory.path }, home: directory.file('home') });
const resolve = (...targets: string[]): Promise<WarmSet> => resolveTargets(targets, options());
const names = (set: WarmSet): string[] => set.files.map((file) => path.basename(file.path));

const IN_ORDER = [
  'config.json',
  'generation_config.json',
  'tokenizer_config.json',
  'tokenizer.json',
  'model.safetensors.index.json',
  'model-00001-of-00002.safetensors',
  'model-00002-of-00002.safetensors',
];

it('takes the files of main in load order, by the names of the snapshot, with their roles', async () => {
  await plantHubModel(directory.path, 'Qwen/Qwen3-8B', SHARDED);
  const set = await resolve('hf:Qwen/Qwen3-8B');
  expect(names(set)).toEqual(IN_ORDER);
  expect(set.failures).toEqual([]);
  expect(set.files.every((file) => file.path.includes(`/snapshots/${COMMIT}/`))).toBe(true);
  expect(set.files.map(({ role }) => role)).toEqual([
    'config',
    'config',
    'tokenizer',
    'tokenizer',
    'index',
    'weights',
    'weights',
  ]);
});

it('takes real files for links, as other systems and local directories have them', async () => {
  const repository = directory.file('models--a--b');
  await plant(repository, { [`snapshots/${COMMIT}/config.json`]: '{}', 'refs/main': COMMIT });
  await plant(path.join(repository, 'snapshots', COMMIT), { 'model.safetensors': 100 });
  expect(names(await resolve('hf:a/b'))).toEqual(['config.json', 'model.safetensors']);
});

describe('a revision', () => {
  beforeEach(async () => {
    await plantHubModel(directory.path, 'a/b', { 'config.json': '{"v":1}' });
    await plantHubModel(
      directory.path,
      'a/b',
      { 'config.json': '{"v":22}' },
      { commit: OTHER_COMMIT, refs: { 'v2.0': `${OTHER_COMMIT}\n`, 'refs/pr/1': OTHER_COMMIT } },
    );
  });

  it.each([
    ['', COMMIT],
    ['@main', COMMIT],
    ['@v2.0', OTHER_COMMIT],
    ['@refs/pr/1', OTHER_COMMIT],
    ['@pr/1', OTHER_COMMIT],
    [`@${OTHER_COMMIT}`, OTHER_COMMIT],
    ['@01234567f', OTHER_COMMIT],
  ])('%j', async (revision, commit) => {
    const { targets } = await explainTargets([`hf:a/b${revision}`], options());
    expect(targets[0]).toMatchObject({ kind: 'hub', revision: commit, failures: [] });
  });

  it.each([
    ['@01234567', /2 commits/],
    ['@0123', /2 commits/],
    ['@dev', /no revision dev; its snapshots are 0123456789ab, 01234567ffff/],
    ['@abcd', /no revision/],
  ])('%j is refused', async (revision, message) => {
    const { files, failures } = await resolve(`hf:a/b${revision}`);
    expect(files).toEqual([]);
    expect(failures).toMatchObject([{ code: 'WARMSET_BAD_TARGET', message: expect.stringMatching(message) }]);
  });

  it('without a ref main is asked for where there are several snapshots', async () => {
    await rm(directory.file('models--a--b', 'refs', 'main'));
    const { failures } = await resolve('hf:a/b');
    expect(failures[0]?.message).toMatch(/no ref main, and 2 snapshots/);
  });
});

it('takes the only snapshot where there is no ref main, and says so', async () => {
  await plantHubModel(directory.path, 'a/b', { 'config.json': '{}' }, { refs: {} });
  const { targets, set } = await explainTargets(['hf:a/b'], options());
  expect(names(set)).toEqual(['config.json']);
  expect(targets[0]?.notes).toContainEqual(expect.stringMatching(/no ref main/));
});

describe('a broken cache', () => {
  it('of links to nothing is an incomplete download, and what is there is taken', async () => {
    const files = { ...SHARDED, 'model-00002-of-00002.safetensors': { link: '../../blobs/gone' } };
    const repository = await plantHubModel(directory.path, 'a/b', files);
    await plant(repository, { 'blobs/gone.incomplete': 10 });
    const set = await resolve('hf:a/b');
    expect(names(set)).toEqual(IN_ORDER.slice(0, -1));
    expect(set.failures).toMatchObject([
      {
        code: 'WARMSET_BAD_MODEL',
        message: expect.stringMatching(/incomplete: model-00002.* 1 of its blobs is half downloaded/),
        remedy: expect.stringContaining('hf download a/b'),
      },
    ]);
  });

  it('that lacks what the index names is incomplete', async () => {
    const { 'model-00001-of-00002.safetensors': _, ...rest } = SHARDED;
    await plantHubModel(directory.path, 'a/b', rest);
    const { failures } = await resolve('hf:a/b');
    expect(failures[0]?.message).toMatch(/model-00001-of-00002.safetensors is missing/);
  });

  it.each([
    ['a path', '../../../etc', /no commit/],
    ['nothing', '', /no commit/],
    ['a commit without a snapshot', 'f'.repeat(40), /no snapshot/],
    ['more than a ref', 'x'.repeat(257), /more than 256 B/],
  ])('whose ref holds %s is refused', async (_what, ref, message) => {
    await plantHubModel(directory.path, 'a/b', { 'config.json': '{}' }, { refs: { main: ref } });
    const { files, failures } = await resolve('hf:a/b');
    expect(files).toEqual([]);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toMatch(message);
  });

  it('whose ref is a directory is refused', async () => {
    await plantHubModel(directory.path, 'a/b', { 'config.json': '{}' }, { refs: { 'main/x': 'y' } });
    expect((await resolve('hf:a/b')).failures[0]?.message).toMatch(/is a directory/);
  });
});

describe('a model that is not cached', () => {
  it('is said with where was looked, and the nearest names', async () => {
    await plantHubModel(directory.path, 'Qwen/Qwen3-8B', { 'config.json': '{}' });
    const [failure] = (await resolve('hf:Qwen/Qwen3-8b')).failures;
    expect(failure?.message).toContain(`${directory.path} ($HF_HUB_CACHE)`);
    expect(failure?.remedy).toContain('hf:Qwen/Qwen3-8B?');
    expect((await resolve('hf:Qwen/Qwen3')).failures[0]?.remedy).toContain('hf:Qwen/Qwen3-8B?');
  });

  it('is found in the cache of older releases', async () => {
    await plantHubModel(directory.file('old'), 'a/b', { 'config.json': '{}' });
    const env = { HF_HOME: directory.file('none'), TRANSFORMERS_CACHE: directory.file('old') };
    const set = await resolveTargets(['hf:a/b'], { env, home: '/' });
    expect(names(set)).toEqual(['config.json']);
  });

  it('but a data set is told apart', async () => {
    await plant(directory.path, { 'datasets--org--d/refs/main': COMMIT });
    expect((await resolve('hf:org/d')).failures[0]?.message).toMatch(/data set/);
  });
});

it('counts a blob once that has two names', async () => {
  const repository = await plantHubModel(directory.path, 'a/b', {
    'config.json': '{}',
    'model.safetensors': 100,
  });
  await plant(path.join(repository, 'snapshots', COMMIT), {
    'generation_config.json': { link: 'config.json' },
  });
  const set = await resolve('hf:a/b', repository);
  expect(names(set)).toEqual(['config.json', 'model.safetensors', 'main']);
  expect(set.skipped.duplicates).toBeGreaterThanOrEqual(1);
});
