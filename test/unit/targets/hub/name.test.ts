import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directoryOf, modelOf, parseHubName } from '../../../../lib/targets/hub/name.ts';

describe('parseHubName', () => {
  it.each([
    ['Qwen/Qwen3-8B', 'Qwen/Qwen3-8B', undefined],
    ['gpt2', 'gpt2', undefined],
    ['a/b.c_d-1@main', 'a/b.c_d-1', 'main'],
    ['a/b@refs/pr/1', 'a/b', 'refs/pr/1'],
    ['a/b@v1.0+cu128', 'a/b', 'v1.0+cu128'],
    ['a/b@feature/x-y', 'a/b', 'feature/x-y'],
  ])('%s', (text, id, revision) => {
    expect(parseHubName(text)).toEqual({ id, revision });
  });

  it.each([
    '',
    '/',
    'a/',
    '/b',
    'a/b/c',
    '..',
    '../x',
    'a/..',
    'a--b/c',
    'a/b c',
    'a/b\nc',
    '-a/b',
    'a/.b',
    'a/b@',
    'a/b@..',
    'a/b@../../etc',
    'a/b@/etc',
    'a/b@x//y',
    'a/b@./x',
    `a/b@${'x'.repeat(201)}`,
    'datasets/squad',
    'datasets/org/squad',
    'spaces/org/app',
    `a/${'b'.repeat(97)}`,
  ])('refuses %j with a name and a way out', (text) => {
    expect(parseHubName(text)).toMatchObject({
      code: 'WARMSET_BAD_TARGET',
      path: `hf:${text}`,
      remedy: expect.stringMatching(/./),
    });
  });

  it('never leads out of the cache, whatever is written', () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', '@', '--', 'a', 'refs', 'main', '\0'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const name = parseHubName(pieces.join(''));
        if ('code' in name) return;
        const repository = path.join('/cache', directoryOf(name.id));
        expect(path.dirname(repository)).toBe('/cache');
        const ref = path.join(repository, 'refs', name.revision ?? 'main');
        expect(ref.startsWith(`${repository}/refs/`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('and its directory name each other', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.]{0,10}[A-Za-z0-9])?$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 2 }), (parts) => {
        const id = parts.join('/');
        if ('code' in parseHubName(id)) return;
        expect(modelOf(directoryOf(id))).toBe(id);
      }),
    );
    expect(modelOf('datasets--squad')).toBeUndefined();
    expect(modelOf('.locks')).toBeUndefined();
  });
});
