import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseTarget } from '../../../lib/targets/target-name.ts';

it.each([
  ['hf:Qwen/Qwen3-8B', { kind: 'hub', text: 'Qwen/Qwen3-8B' }],
  ['ollama:hf.co/a/b:Q4', { kind: 'ollama', text: 'hf.co/a/b:Q4' }],
  ['llama:a/b:Q8_0', { kind: 'llama', text: 'a/b:Q8_0' }],
  ['python:/srv/venv', { kind: 'python', text: '/srv/venv' }],
  ['hf:', { kind: 'hub', text: '' }],
  ['compile-caches', { kind: 'compile-caches' }],
])('%s names what it says', (target, named) => {
  expect(parseTarget(target)).toEqual(named);
});

it.each(['./hf:x', '/hf:x', 'HF:x', 'hf', './compile-caches', 'compile-caches/', 'a:b', '__proto__:x', ''])(
  '%j is a path',
  (target) => {
    expect(parseTarget(target)).toBeUndefined();
  },
);

it('takes nothing for a kind that is written as a path', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseTarget(`./${text}`)).toBeUndefined();
      expect(parseTarget(`/${text}`)).toBeUndefined();
    }),
  );
});
