import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSafetensorsHeader, selectTensors } from '../../../../lib/targets/index.ts';
import { nameFilter } from '../../../../lib/targets/tensors/select.ts';
import { llamaTensors, safetensorsFile } from '../../../support/model-files.ts';

const file = safetensorsFile(llamaTensors(12, { hidden: 8, inner: 8, vocabulary: 8 }));
const table = parseSafetensorsHeader(file, file.length);

const layersOf = (pattern: string) => [
  ...new Set(selectTensors(table, pattern).map(({ name }) => /\d+/.exec(name)?.[0] ?? name)),
];

describe('a glob on names of tensors', () => {
  it.each([
    ['model.layers.[0-9].*', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']],
    ['model.layers.1?.*', ['10', '11']],
    ['model.layers.{3,11}.*', ['3', '11']],
    ['*.{3..5}.mlp.*', ['3', '4', '5']],
    ['*embed*', ['model.embed_tokens.weight']],
    ['lm_head.weight', ['lm_head.weight']],
    ['lm_head', []],
    ['model.layers.[!0-9].*', []],
    ['model.norm.*', ['model.norm.weight']],
  ])('%s', (pattern, layers) => {
    expect(layersOf(pattern)).toEqual(layers);
  });

  it('keeps the order of the header', () => {
    expect(selectTensors(table, '*')).toEqual(table.tensors);
  });

  it.each([
    ['*', '.hidden', true],
    ['*', 'a/b.c', true],
    ['a/*', 'a/b/c', true],
    ['a*', 'a\nb', true],
    ['!a', 'b', false],
    ['!a', '!a', true],
    ['+(a)', 'aa', false],
    ['A', 'a', false],
  ])('%s on %j: %s', (pattern, name, matches) => {
    expect(nameFilter(pattern)(name)).toBe(matches);
  });

  it.each(['', 'a'.repeat(5000)])('is refused where it is none', (pattern) => {
    expect(() => nameFilter(pattern)).toThrow(expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT' }));
  });

  it('takes every name that is written without wildcards, and no other', () => {
    const names = fc.stringMatching(/^[a-z0-9_.]{1,20}$/).filter((name) => !/^\.+$/.test(name));
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(nameFilter(one)(one)).toBe(true);
        expect(nameFilter(one)(other)).toBe(one === other);
        expect(nameFilter(`${one}*`)(one + other)).toBe(true);
      }),
    );
  });
});
