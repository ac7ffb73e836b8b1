import { expect, it } from 'vitest';
import { hubPlaces } from '../../../../lib/targets/hub/locations.ts';

// A literal with braces would be taken for a template that somebody forgot to mark.
const BRACED = ['$', '{DATA}'].join('');
const places = (env: Record<string, string>) => hubPlaces({ env, home: '/home/me', cwd: '/srv' });

it.each([
  [{}, '/home/me/.cache/huggingface/hub', 'default'],
  [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/huggingface/hub', '$XDG_CACHE_HOME'],
  [{ XDG_CACHE_HOME: '/xdg', HF_HOME: '/hf' }, '/hf/hub', '$HF_HOME'],
  [{ HF_HOME: '/hf', HUGGINGFACE_HUB_CACHE: '/old' }, '/old', '$HUGGINGFACE_HUB_CACHE'],
  [{ HUGGINGFACE_HUB_CACHE: '/old', HF_HUB_CACHE: '/new' }, '/new', '$HF_HUB_CACHE'],
  [{ HF_HOME: '~/hf' }, '/home/me/hf/hub', '$HF_HOME'],
  [{ HF_HOME: '$DATA/hf', DATA: '/data' }, '/data/hf/hub', '$HF_HOME'],
  [{ HF_HOME: `${BRACED}/hf`, DATA: '/data' }, '/data/hf/hub', '$HF_HOME'],
  [{ HF_HUB_CACHE: 'here' }, '/srv/here', '$HF_HUB_CACHE'],
  [{ HF_HUB_CACHE: '' }, '/home/me/.cache/huggingface/hub', 'default'],
])('%j → %s', (env, path, from) => {
  expect(places(env)).toEqual([{ path, from }]);
});

it('looks into the cache of older releases, too, once', () => {
  expect(places({ TRANSFORMERS_CACHE: '/legacy' })).toEqual([
    { path: '/home/me/.cache/huggingface/hub', from: 'default' },
    { path: '/legacy', from: '$TRANSFORMERS_CACHE' },
  ]);
  expect(places({ HF_HUB_CACHE: '/a', TRANSFORMERS_CACHE: '/a' })).toHaveLength(1);
});
