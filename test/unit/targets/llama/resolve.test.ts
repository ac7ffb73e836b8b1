import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExplainedTarget, explainTargets } from '../../../../lib/targets/index.ts';
import { parseManifest } from '../../../../lib/targets/llama/manifest.ts';
import { COMMIT, plant, plantHubModel } from '../../../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../../support/temp.ts';

let cache: TemporaryDirectory;
beforeEach(async () => {
  cache = await temporaryDirectory('llama');
});
afterEach(() => cache[Symbol.asyncDispose]());

/** Names behind the cache's directory, the failures' words and what was explained. */
async function resolve(target: string, env: Record<string, string> = { LLAMA_CACHE: cache.path }) {
  const { set, targets } = await explainTargets([target], { env, home: cache.path });
  const [explained] = targets;
  if (explained === undefined) throw new Error('nothing explained');
  const names = set.files.map((file) => file.path.split(`${COMMIT}/`).at(-1)?.replace(`${cache.path}/`, ''));
  return { names, failures: set.failures, roles: set.files.map(({ role }) => role), explained };
}

const sides = ({ leftOut }: ExplainedTarget) => leftOut.map((thing) => path.basename(thing.path)).sort();

describe('in the cache of the hub', () => {
  const REPOSITORY = {
    '.gitattributes': 'x',
    'README.md': 'words',
    'm-Q4_K_M.gguf': 8192,
    'Q8_0/m-Q8_0-00001-of-00002.gguf': 8192,
    'Q8_0/m-Q8_0-00002-of-00002.gguf': 4096,
    'mmproj-m-F16.gguf': 4096,
    'mtp-m-Q8_0.gguf': 4096,
  };
  beforeEach(() => plantHubModel(cache.path, 'ggml-org/m-GGUF', REPOSITORY));

  it('what the server takes by itself, and its projector', async () => {
    const { names, failures, roles, explained } = await resolve('llama:ggml-org/m-GGUF');
    expect(failures).toEqual([]);
    expect(names).toEqual(['m-Q4_K_M.gguf', 'mmproj-m-F16.gguf']);
    expect(roles).toEqual(['weights', 'adapter']);
    expect(explained).toMatchObject({ kind: 'llama', revision: COMMIT });
    expect(explained.files[0]?.why).toBe('the model: mapped as a whole');
    expect(sides(explained)).toEqual([
      'm-Q8_0-00001-of-00002.gguf',
      'm-Q8_0-00002-of-00002.gguf',
      'mtp-m-Q8_0.gguf',
    ]);
  });

  it('a quantisation of several parts, in order', async () => {
    const { names } = await resolve('llama:ggml-org/m-GGUF:q8_0,no-mmproj,mtp');
    expect(names).toEqual([
      'Q8_0/m-Q8_0-00001-of-00002.gguf',
      'Q8_0/m-Q8_0-00002-of-00002.gguf',
      'mtp-m-Q8_0.gguf',
    ]);
  });

  it('one that is named by its file', async () => {
    const { names } = await resolve('llama:ggml-org/m-GGUF/Q8_0/m-Q8_0-00002-of-00002.gguf');
    expect(names).toHaveLength(3);
  });

  it.each(['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE'])('which $%s names', async (variable) => {
    expect((await resolve('llama:ggml-org/m-GGUF', { [variable]: cache.path })).names).toHaveLength(2);
  });

  it('another quantisation is said to be there', async () => {
    const { names, failures } = await resolve('llama:ggml-org/m-GGUF:Q5_K_M');
    expect(names).toEqual([]);
    expect(failures).toMatchObject([
      {
        code: 'WARMSET_BAD_TARGET',
        message: expect.stringMatching(/no Q5_K_M of ggml-org\/m-GGUF is in .* yet; there are .*Q4_K_M/),
        remedy: expect.stringMatching(/server downloads it when it starts/),
      },
    ]);
  });

  it('parts that lead to nothing are still to come', async () => {
    const { explained } = await resolve('llama:ggml-org/m-GGUF:Q8_0');
    const [first] = explained.files;
    await rm(first?.file.path ?? '');
    await symlink('nowhere', first?.file.path ?? '');
    const { names, failures } = await resolve('llama:ggml-org/m-GGUF:Q8_0');
    expect(names).toEqual(['Q8_0/m-Q8_0-00002-of-00002.gguf', 'mmproj-m-F16.gguf']);
    expect(failures).toMatchObject([
      { code: 'WARMSET_BAD_MODEL', message: expect.stringMatching(/00001-of-00002.gguf isn't in/) },
    ]);
  });

  it('directories that lead in a circle end', async () => {
    await symlink('.', path.join(cache.path, 'models--ggml-org--m-GGUF/snapshots', COMMIT, 'again'));
    expect((await resolve('llama:ggml-org/m-GGUF')).names).toHaveLength(2);
  });

  it('a list of models is taken for itself', async () => {
    await plantHubModel(cache.path, 'ggml-org/presets', { 'preset.ini': '[m]\nhf = a/b\n', 'x.gguf': 10 });
    const { names, roles } = await resolve('llama:ggml-org/presets');
    expect([names, roles]).toEqual([['preset.ini'], ['config']]);
  });

  it('a download that has only begun', async () => {
    await plant(cache.path, { 'models--a--b/blobs/0123.downloadInProgress': 10 });
    const { failures } = await resolve('llama:a/b');
    expect(failures[0]?.message).toMatch(/no model of a\/b .* 1 file is half downloaded/);
  });
});

describe('in the older cache', () => {
  const manifest = (model: string, projector?: string): string =>
    JSON.stringify({
      ggufFile: { rfilename: model, size: 1, lfs: { sha256: '0', size: 1 } },
      ...(projector === undefined ? {} : { mmprojFile: { rfilename: projector } }),
    });
  const FILES = {
    'a_b_m-Q4_K_M.gguf': 8192,
    'a_b_m-Q4_K_M.gguf.etag': '"1"',
    'a_b_mmproj-m-F16.gguf': 4096,
    'a_b_mmproj-m-F32.gguf': 4096,
    'a_b_BF16_m-BF16-00001-of-00002.gguf': 8192,
    'a_b_BF16_m-BF16-00002-of-00002.gguf': 4096,
    'x_b_a-Q4_K_M.gguf': 10,
    'manifest=a=b=latest.json': manifest('m-Q4_K_M.gguf', 'mmproj-m-F32.gguf'),
    'manifest=a=b=BF16.json': manifest('BF16/m-BF16-00001-of-00002.gguf'),
  };
  beforeEach(() => plant(cache.path, FILES));

  it('what the manifest says', async () => {
    const { names, failures, roles, explained } = await resolve('llama:a/b');
    expect(failures).toEqual([]);
    expect(names).toEqual(['a_b_m-Q4_K_M.gguf', 'a_b_mmproj-m-F32.gguf']);
    expect(roles).toEqual(['weights', 'adapter']);
    expect(explained).toMatchObject({ kind: 'llama', at: cache.path, revision: null });
    expect(explained.looked.map(({ there }) => there)).toEqual([false, true]);
  });

  it('parts, of which the manifest names the first', async () => {
    const { names } = await resolve('llama:a/b:bf16');
    expect(names).toEqual(['a_b_BF16_m-BF16-00001-of-00002.gguf', 'a_b_BF16_m-BF16-00002-of-00002.gguf']);
  });

  it('a file by its name in the repository', async () => {
    const { names } = await resolve('llama:a/b/BF16/m-BF16-00001-of-00002.gguf,no-mmproj');
    expect(names).toHaveLength(2);
  });

  it('without a manifest what the names say', async () => {
    await rm(cache.file('manifest=a=b=latest.json'));
    const { names } = await resolve('llama:a/b');
    expect(names).toEqual(['a_b_m-Q4_K_M.gguf', 'a_b_mmproj-m-F16.gguf']);
  });

  it.each([
    ['no JSON', '{'],
    ['a way out', manifest('../../etc/passwd')],
    ['a projector that is none', '{"ggufFile":{"rfilename":"m-Q4_K_M.gguf"},"mmprojFile":{"rfilename":7}}'],
    ['more than it may have', `{"x":"${'x'.repeat(2 ** 20)}"}`],
  ])('a manifest with %s is told, and names are gone by', async (_what, text) => {
    await writeFile(cache.file('manifest=a=b=latest.json'), text);
    const { names, failures } = await resolve('llama:a/b');
    expect(names).toEqual(['a_b_m-Q4_K_M.gguf', 'a_b_mmproj-m-F16.gguf']);
    expect(failures).toMatchObject([
      { code: 'WARMSET_BAD_MODEL', path: cache.file('manifest=a=b=latest.json') },
    ]);
  });

  it('a projector that the manifest names and nobody has is still to come', async () => {
    await rm(cache.file('a_b_mmproj-m-F32.gguf'));
    const { names, failures } = await resolve('llama:a/b');
    expect(names).toEqual(['a_b_m-Q4_K_M.gguf']);
    expect(failures[0]?.message).toMatch(/mmproj-m-F32.gguf isn't in/);
  });

  it('gives way to the cache of the hub', async () => {
    await plantHubModel(cache.path, 'a/b', { 'm-Q4_K_M.gguf': 100 });
    expect((await resolve('llama:a/b')).names).toEqual(['m-Q4_K_M.gguf']);
    expect((await resolve('llama:a/b:BF16')).names).toHaveLength(2);
  });

  it('is where the variables of the desktop say', async () => {
    await plant(cache.path, { 'xdg/llama.cpp/c_d_x.gguf': 10 });
    const { names } = await resolve('llama:c/d', { XDG_CACHE_HOME: cache.file('xdg') });
    expect(names).toEqual(['xdg/llama.cpp/c_d_x.gguf']);
  });
});

describe('what has an address of its own', () => {
  it('is its last name in the older cache, with all parts', async () => {
    await plant(cache.path, { 'x-00001-of-00002.gguf': 10, 'y.gguf': 10 });
    const { names, failures } = await resolve('llama:https://example.com/x-00001-of-00002.gguf?x=y');
    expect(names).toEqual(['x-00001-of-00002.gguf']);
    expect(failures[0]?.message).toMatch(/x-00002-of-00002.gguf isn't in/);
    expect((await resolve('llama:https://example.com/a/y.gguf')).names).toEqual(['y.gguf']);
  });

  it('is not there yet', async () => {
    const { names, failures } = await resolve('llama:https://example.com/z.gguf');
    expect(names).toEqual([]);
    expect(failures[0]).toMatchObject({ message: expect.stringMatching(/isn't there yet/) });
  });
});

it('nothing at all is words and no crash', async () => {
  const { names, failures, explained } = await resolve('llama:a/b:Q8_0', {});
  expect(names).toEqual([]);
  expect(failures[0]?.message).toContain(`${cache.path}/.cache/huggingface/hub (default)`);
  expect(failures[0]?.message).toContain(`${cache.path}/.cache/llama.cpp (default)`);
  expect(explained.kind).toBeNull();
  expect((await resolve('llama:nonsense')).failures).toMatchObject([{ code: 'WARMSET_BAD_TARGET' }]);
});

it('a cache that is a file, or a model that is a directory, ends nothing', async () => {
  await writeFile(cache.file('file'), 'x');
  expect((await resolve('llama:a/b', { LLAMA_CACHE: cache.file('file') })).failures).toHaveLength(1);
  await mkdir(cache.file('models--a--b/snapshots', COMMIT, 'm-Q4_K_M.gguf'), { recursive: true });
  expect((await resolve('llama:a/b')).failures).toHaveLength(1);
});

it('no manifest names a file outside, whatever it holds', () => {
  const name = fc.oneof(fc.jsonValue(), fc.constantFrom('../x', '/x', 'a/../b', 'a//b', '', 'm.gguf'));
  const shape = fc.record({ ggufFile: fc.oneof(fc.record({ rfilename: name }), fc.jsonValue()) });
  fc.assert(
    fc.property(fc.oneof(shape, fc.jsonValue()), (value) => {
      try {
        const { model } = parseManifest(value, '/m');
        expect(path.normalize(`/c/${model}`)).toBe(`/c/${model}`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'WARMSET_BAD_MODEL', subject: '/m' });
      }
    }),
  );
});
