import { rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainTargets, resolveTargets, type WarmSet } from '../../../../lib/targets/index.ts';
import { manifestLayers } from '../../../../lib/targets/ollama/manifest.ts';
import { manifestPath, parseOllamaName } from '../../../../lib/targets/ollama/name.ts';
import { ollamaPlaces } from '../../../../lib/targets/ollama/resolve.ts';
import { digest, ollamaModel, plant } from '../../../support/model-trees.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../../../support/temp.ts';

describe('a name', () => {
  it.each([
    ['qwen3', 'manifests/registry.ollama.ai/library/qwen3/latest'],
    ['qwen3:8b', 'manifests/registry.ollama.ai/library/qwen3/8b'],
    ['me/qwen3:8b-q4_K_M', 'manifests/registry.ollama.ai/me/qwen3/8b-q4_K_M'],
    ['hf.co/org/x-GGUF:Q4_K_M', 'manifests/hf.co/org/x-GGUF/Q4_K_M'],
    ['localhost:5000/me/x', 'manifests/localhost:5000/me/x/latest'],
    ['https://example.com/me/x:1', 'manifests/example.com/me/x/1'],
  ])('%s', (text, expected) => {
    const name = parseOllamaName(text);
    if ('code' in name) throw new Error(name.message);
    expect(manifestPath(name)).toBe(expected);
  });

  it.each(['', ':8b', 'a:', '..', '../x', 'a/../b', 'a/b/c/d', 'a b', '.a', 'a:..', 'a/b\n', '/etc/passwd'])(
    'refuses %j',
    (text) => {
      expect(parseOllamaName(text)).toMatchObject({ code: 'WARMSET_BAD_TARGET' });
    },
  );

  it('never leads out of the store', () => {
    const piece = fc.oneof(fc.constantFrom('..', '.', '/', ':', 'a', '\0', '@'), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const name = parseOllamaName(pieces.join(''));
        if ('code' in name) return;
        expect(path.normalize(manifestPath(name))).toBe(manifestPath(name));
        expect(manifestPath(name).split('/')).toHaveLength(5);
      }),
      { numRuns: 2000 },
    );
  });
});

it('the store is where it is told to be, else at the user or the service', () => {
  const at = (env: Record<string, string>) =>
    ollamaPlaces({ env, home: '/home/me', cwd: '/' }).map((place) => place.path);
  expect(at({ OLLAMA_MODELS: '/m' })).toEqual(['/m']);
  expect(at({})).toEqual(['/home/me/.ollama/models', '/usr/share/ollama/.ollama/models']);
});

describe('a hostile manifest', () => {
  const layers = (digestOf: unknown): unknown => ({ layers: [{ digest: digestOf }] });
  it.each([
    ['null', null],
    ['a list', []],
    ['no layers', {}],
    ['layers that are no list', { layers: { length: 3 } }],
    ['empty layers', { layers: [] }],
    ['a layer that is none', { layers: [null] }],
    ['a digest that is a path', layers('sha256:../../../../etc/passwd')],
    ['a digest that is too short', layers('sha256:abc')],
    ['a digest of another kind', layers(`md5:${'a'.repeat(64)}`)],
    ['a digest with more behind it', layers(`${digest('a')}/../x`)],
    ['a digest that is a number', layers(7)],
    ['no digest', layers(undefined)],
    ['very many layers', { layers: Array.from({ length: 70_000 }, () => ({ digest: digest('a') })) }],
    ['a config that is none', { config: 'x', layers: [{ digest: digest('a') }] }],
  ])('with %s is refused', (_what, manifest) => {
    expect(() => manifestLayers(manifest, '/m')).toThrow(
      expect.objectContaining({ code: 'WARMSET_BAD_MODEL', subject: '/m' }),
    );
  });

  it('never names a blob outside, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          for (const { blob } of manifestLayers(value, '/m')) expect(blob).toMatch(/^sha256-[0-9a-f]{64}$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'WARMSET_BAD_MODEL' });
        }
      }),
    );
  });
});

describe('a model of the store', () => {
  let directory: TemporaryDirectory;
  beforeEach(async () => {
    directory = await temporaryDirectory('ollama');
    await plant(directory.path, ollamaModel());
  });
  afterEach(() => directory[Symbol.asyncDispose]());
  const options = () => ({ env: { OLLAMA_MODELS: directory.path }, home: '/' });
  const resolve = (target: string): Promise<WarmSet> => resolveTargets([target], options());
  const blob = (digit: string): string => directory.file('blobs', `sha256-${digit.repeat(64)}`);

  it('is read configuration first, then weights, then projectors', async () => {
    const set = await resolve('ollama:qwen3:8b');
    expect(set.failures).toEqual([]);
    expect(set.files.map((file) => file.path)).toEqual(['c', 'b', 'd', 'a', 'e'].map(blob));
    expect(set.files.map(({ role }) => role)).toEqual(['config', 'config', 'config', 'weights', 'adapter']);
  });

  it('is told with its whole name', async () => {
    const { targets } = await explainTargets(['ollama:qwen3:8b'], options());
    expect(targets[0]).toMatchObject({ kind: 'ollama', revision: 'qwen3:8b' });
    expect(targets[0]?.files.map(({ why }) => why)).toContain('the template');
  });

  it('lacks a blob, or has one that is cut off: the rest is taken', async () => {
    await rm(blob('e'));
    await truncate(blob('a'), 100);
    const set = await resolve('ollama:qwen3:8b');
    expect(set.files).toHaveLength(3);
    expect(set.failures).toMatchObject([
      { code: 'WARMSET_BAD_MODEL', message: expect.stringMatching(/cut off, .*isn't there/) },
    ]);
    expect(set.failures[0]?.remedy).toContain('ollama pull qwen3:8b');
  });

  it('that was not pulled is said with the tags that were', async () => {
    const { failures } = await resolve('ollama:qwen3');
    expect(failures).toMatchObject([
      { code: 'WARMSET_BAD_TARGET', remedy: expect.stringContaining('ollama:qwen3:8b?') },
    ]);
  });

  it.each([
    ['no JSON', '{"layers": [', /no JSON/],
    ['too large', 'x'.repeat(4 * 2 ** 20 + 1), /more than 4.00 MiB/],
  ])('whose manifest is %s is refused', async (_what, text, message) => {
    await writeFile(directory.file('manifests/registry.ollama.ai/library/qwen3/8b'), text);
    const { files, failures } = await resolve('ollama:qwen3:8b');
    expect(files).toEqual([]);
    expect(failures[0]?.message).toMatch(message);
  });
});
