import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainTargets, type ResolveOptions, resolveTargets } from '../../../../lib/targets/index.ts';
import { indexOf, plant, SHARDED, type Tree } from '../../../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../../support/temp.ts';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory('models');
});
afterEach(() => directory[Symbol.asyncDispose]());

async function resolve(tree: Tree, target: string, options: ResolveOptions = {}) {
  await plant(directory.path, tree);
  const set = await resolveTargets([target], { cwd: directory.path, env: {}, home: '/', ...options });
  return { ...set, names: set.files.map((file) => path.relative(directory.path, file.path)) };
}

describe('a directory with a model', () => {
  const tree = Object.fromEntries(Object.entries(SHARDED).map(([name, what]) => [`m/${name}`, what]));

  it('is taken whole and by name unless load order is asked for', async () => {
    const set = await resolve(tree, 'm');
    expect(set.names).toContain('m/README.md');
    expect(set.files.every(({ role }) => role === undefined)).toBe(true);
    expect(set.names).toEqual([...set.names].sort(new Intl.Collator('en', { numeric: true }).compare));
  });

  it('is taken as it is read where load order is asked for', async () => {
    const set = await resolve(tree, 'm', { order: 'load' });
    expect(set.names[0]).toBe('m/config.json');
    expect(set.names.at(-1)).toBe('m/model-00002-of-00002.safetensors');
    expect(set.names).not.toContain('m/README.md');
  });

  it('is found below another one, and what is no model is taken whole', async () => {
    const set = await resolve({ ...tree, 'a/x.bin.txt': 'x', 'a/README.md': 'y' }, '.', { order: 'load' });
    expect(set.names.slice(0, 3)).toEqual(['a/README.md', 'a/x.bin.txt', 'm/config.json']);
    expect(set.names).not.toContain('m/README.md');
  });

  it('is found whatever it is called, and by bytes', async () => {
    await plant(directory.path, { 'modèle/ä/config.json': '{}', 'modèle/ä/README.md': 'x', 'modèle/x': 'y' });
    const bytes = Buffer.from(directory.file('modèle'));
    const set = await resolveTargets([bytes], { order: 'load' });
    expect(set.files.map((file) => path.basename(file.path))).toEqual(['config.json', 'x']);
  });

  it('whose name is not UTF-8 has no load order, and is said so whether one was asked for or not', async () => {
    const odd = Buffer.concat([Buffer.from(`${directory.path}/`), Buffer.of(0xff)]);
    await mkdir(odd);
    await writeFile(Buffer.concat([odd, Buffer.from('/config.json')]), '{}');
    const notes = async (order: 'load' | 'name') =>
      (await explainTargets([odd], { order })).targets[0]?.notes;
    for (const order of ['load', 'name'] as const) {
      expect(await notes(order)).toEqual([
        expect.stringContaining("its name isn't UTF-8: it is taken whole"),
      ]);
    }
  });

  it('leaves nothing out for good: named again as it is, the rest comes', async () => {
    await plant(directory.path, tree);
    const common = { cwd: directory.path, env: {}, home: '/' };
    const loaded = await resolveTargets(['m'], { ...common, order: 'load' });
    const both = await resolveTargets(['m', 'm/README.md'], { ...common, order: 'load' });
    expect(both.files).toHaveLength(loaded.files.length + 1);
  });

  it('has no way into a circle', async () => {
    await plant(directory.path, { ...tree, 'm/model_index.json': '{}', 'm/unet/config.json': '{}' });
    await symlink('..', directory.file('m/unet/up'));
    await symlink('.', directory.file('m/self'));
    await symlink('../m', directory.file('m/unet/again'));
    const set = await resolve({}, '.', { order: 'load' });
    expect(set.names.filter((name) => name.endsWith('/config.json'))).toEqual([
      'm/config.json',
      'm/unet/config.json',
    ]);
    expect(set).toMatchObject({ failures: [], skipped: { duplicates: 0 } });
  });
});

it('a pipeline brings the models of its parts, and a plain model no directory', async () => {
  const parts = {
    'p/model_index.json': '{}',
    'p/unet/config.json': '{}',
    'p/unet/x.safetensors': 10,
    'p/unet/README.md': 'x',
    'q/config.json': '{"q":1}',
    'q/original/consolidated.00.pth': 10,
  };
  const set = await resolve(parts, '.', { order: 'load' });
  expect(set.names).toEqual([
    'p/model_index.json',
    'p/unet/config.json',
    'p/unet/x.safetensors',
    'q/config.json',
  ]);
});

it('an engine is in load order by itself, and nothing of it is left out', async () => {
  const set = await resolve(
    { 'e/rank1.engine': 10, 'e/rank0.engine': 11, 'e/config.json': '{}', 'e/a.txt': 'a', 'e/sub/b': 'b' },
    'e',
  );
  expect(set.names).toEqual(['e/config.json', 'e/rank0.engine', 'e/rank1.engine', 'e/a.txt', 'e/sub/b']);
  expect(set.files.map(({ role }) => role)).toEqual(['config', 'engine', 'engine', 'other', 'other']);
});

describe('a GGUF file', () => {
  const split = { 'a-00001-of-00003.gguf': 10, 'a-00002-of-00003.gguf': 11, 'a-00003-of-00003.gguf': 12 };

  it.each(Object.keys(split))('%s brings all of its parts in order', async (name) => {
    const set = await resolve({ ...split, 'b.gguf': 5, 'mmproj-a.gguf': 6 }, name);
    expect(set.names).toEqual(Object.keys(split));
    expect(set.failures).toEqual([]);
    expect(set.files[0]?.role).toBe('weights');
  });

  it('lacks a part: the others are taken', async () => {
    const { 'a-00002-of-00003.gguf': _, ...rest } = split;
    const set = await resolve(rest, 'a-00003-of-00003.gguf');
    expect(set.names).toEqual(['a-00001-of-00003.gguf', 'a-00003-of-00003.gguf']);
    expect(set.failures).toMatchObject([
      { code: 'WARMSET_BAD_MODEL', message: expect.stringContaining('a-00002-of-00003.gguf is missing') },
    ]);
  });

  it('tells of the projector beside it', async () => {
    await plant(directory.path, { ...split, 'mmproj-a.gguf': 6 });
    const { targets } = await explainTargets(['a-00001-of-00003.gguf'], { cwd: directory.path });
    expect(targets[0]?.leftOut).toMatchObject([{ path: directory.file('mmproj-a.gguf'), size: 6 }]);
    expect(targets[0]?.kind).toBe('gguf');
  });

  it('is a path in bytes, though it looks like a kind', async () => {
    await plant(directory.path, { 'hf:a': 'x' });
    const set = await resolveTargets([Buffer.from('hf:a')], { cwd: directory.path });
    expect(set.files).toHaveLength(1);
  });

  it('named by bytes is just that file', async () => {
    await plant(directory.path, split);
    const bytes = Buffer.from(directory.file('a-00002-of-00003.gguf'));
    expect((await resolveTargets([bytes])).files).toHaveLength(1);
  });

  it('is what llama.cpp reads of a directory that holds both', async () => {
    const both = { 'm/x.gguf': 5, 'm/x.safetensors': 6, 'm/config.json': '{}' };
    expect((await resolve(both, 'm', { order: 'load', server: 'llama.cpp' })).names).toEqual([
      'm/config.json',
      'm/x.gguf',
    ]);
    expect((await resolve({}, 'm', { order: 'load' })).names).toEqual(['m/config.json', 'm/x.safetensors']);
  });
});

describe('an index', () => {
  it.each([
    ['no JSON', '{"weight_map":', /no JSON/],
    ['a bomb of brackets', '['.repeat(200_000), /no JSON/],
    ['of another kind', '{"weight_map":{"a":"../x"}}', /no file beside it/],
  ])('that is %s is a failure, and all weights are taken', async (_what, text, message) => {
    const set = await resolve({ ...SHARDED, 'model.safetensors.index.json': text }, '.', { order: 'load' });
    expect(set.failures).toMatchObject([
      { code: 'WARMSET_BAD_MODEL', message: expect.stringMatching(message) },
    ]);
    expect(set.names.filter((name) => name.endsWith('.safetensors'))).toHaveLength(2);
  });

  it('decides what is left out', async () => {
    await plant(directory.path, { ...SHARDED, 'extra.safetensors': 7 });
    const explained = await explainTargets(['.'], { cwd: directory.path, order: 'load' });
    expect(explained.targets[0]?.leftOut.map((thing) => path.basename(thing.path)).sort()).toEqual([
      'README.md',
      'extra.safetensors',
    ]);
    await writeFile(directory.file('model.safetensors.index.json'), indexOf('extra.safetensors'));
    const set = await resolve({}, '.', { order: 'load' });
    expect(set.names.filter((name) => name.endsWith('.safetensors'))).toEqual(['extra.safetensors']);
  });
});
