import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { llamaFlatPlace, llamaHubPlace } from '../../../../lib/targets/llama/locations.ts';
import {
  flatName,
  flatPrefix,
  type LlamaRepository,
  manifestPrefix,
  parseLlamaName,
} from '../../../../lib/targets/llama/name.ts';

function repository(text: string): LlamaRepository {
  const name = parseLlamaName(text);
  if ('code' in name || name.kind !== 'repository') throw new Error(`no repository: ${text}`);
  return name;
}

describe('a name', () => {
  const plain = { owner: 'a', repository: 'b', projector: true, draft: false, heads: [] };
  it.each([
    ['a/b', { ...plain, tag: undefined, file: undefined }],
    ['a/b:UD-Q4_K_XL', { ...plain, tag: 'UD-Q4_K_XL' }],
    ['a/b:latest', { ...plain, tag: undefined }],
    ['a/b/x.gguf', { ...plain, file: 'x.gguf' }],
    ['a/b/Q8_0/x,y.gguf,no-mmproj', { ...plain, file: 'Q8_0/x,y.gguf', projector: false }],
    ['a/b:q8_0,no-mmproj,mtp', { ...plain, tag: 'q8_0', projector: false, heads: ['mtp'] }],
    ['a/b,draft', { ...plain, draft: true, projector: false }],
    ['ggml-org/gemma-3.1_x', { ...plain, owner: 'ggml-org', repository: 'gemma-3.1_x' }],
  ])('%s', (text, expected) => {
    expect(repository(text)).toMatchObject(expected);
  });

  it.each([
    ['https://h/a/b.gguf', 'b.gguf'],
    ['http://h:8/a/b-00001-of-00002.gguf?download=true#x', 'b-00001-of-00002.gguf'],
  ])('%s is a download', (text, file) => {
    expect(parseLlamaName(text)).toEqual({ kind: 'download', file });
  });

  it.each([
    '',
    'a',
    'a/',
    '/b',
    'a/b:',
    'a/b:c/d:e/',
    'a/../b',
    '../b',
    'a/b/../c',
    'a/b//c',
    'a/b/c\0d',
    'a--b/c',
    'a/b.',
    '-a/b',
    `a/${'b'.repeat(300)}`,
    'a/b:x y',
    'https://h/',
    'https://h/..',
    `https://h/${'x'.repeat(300)}`,
  ])('refuses %j', (text) => {
    expect(parseLlamaName(text)).toMatchObject({ code: 'WARMSET_BAD_TARGET' });
  });

  it('never leads out of the cache', () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', ':', 'a', 'b/c', '\0', ',draft', 'https://', '?', '#'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const name = parseLlamaName(pieces.join(''));
        if ('code' in name) return;
        if (name.kind === 'download') {
          expect(path.basename(name.file)).toBe(name.file);
          return;
        }
        expect(manifestPrefix(name)).not.toContain('/');
        expect(flatPrefix(name)).not.toContain('/');
        expect(name.tag ?? '').not.toContain('/');
        if (name.file === undefined) return;
        expect(path.normalize(`/c/${name.file}`)).toBe(`/c/${name.file}`);
        expect(flatName(name.file)).not.toContain('/');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('where it is looked for', () => {
  const at = (env: Record<string, string>) =>
    [llamaHubPlace, llamaFlatPlace].map((place) => place({ env, home: '/h', cwd: '/w' }).path);
  it.each([
    [{}, ['/h/.cache/huggingface/hub', '/h/.cache/llama.cpp']],
    [{ LLAMA_CACHE: 'c', HF_HOME: '/hf' }, ['/w/c', '/w/c']],
    [{ HF_HUB_CACHE: '/x', HUGGINGFACE_HUB_CACHE: '/y' }, ['/x', '/h/.cache/llama.cpp']],
    [{ HUGGINGFACE_HUB_CACHE: '/y', HF_HOME: '/hf' }, ['/y', '/h/.cache/llama.cpp']],
    [{ HF_HOME: '/hf', XDG_CACHE_HOME: '/xdg' }, ['/hf/hub', '/xdg/llama.cpp']],
    [{ XDG_CACHE_HOME: '/xdg' }, ['/xdg/huggingface/hub', '/xdg/llama.cpp']],
    [{ LLAMA_CACHE: '', TRANSFORMERS_CACHE: '/t' }, ['/h/.cache/huggingface/hub', '/h/.cache/llama.cpp']],
  ])('%j', (env, places) => {
    expect(at(env)).toEqual(places);
  });
});
