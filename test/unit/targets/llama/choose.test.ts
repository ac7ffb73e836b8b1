import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, choose, quantisationOf } from '../../../../lib/targets/llama/choose.ts';
import type { LlamaRepository } from '../../../../lib/targets/llama/name.ts';

type Wanted = Partial<Pick<LlamaRepository, 'tag' | 'file' | 'projector' | 'draft' | 'heads'>>;

function chosen(paths: readonly string[], wanted: Wanted = {}): Choice | undefined {
  return choose(paths, {
    tag: undefined,
    file: undefined,
    projector: true,
    draft: false,
    heads: [],
    ...wanted,
  });
}

describe('the model', () => {
  const files = ['m-BF16.gguf', 'm-F16.gguf', 'm-Q4_K_M.gguf', 'm-Q8_0.gguf', 'mmproj-m-Q8_0.gguf'];
  it.each([
    [undefined, 'm-Q4_K_M.gguf'],
    ['Q8_0', 'm-Q8_0.gguf'],
    ['q8_0', 'm-Q8_0.gguf'],
    // By the end of the word alone, as the server looks for it.
    ['F16', 'm-BF16.gguf'],
    ['Q8', undefined],
    ['Q5_K_M', undefined],
    // A name, not a pattern.
    ['Q8.0', undefined],
  ])('of the quantisation %s', (tag, expected) => {
    expect(chosen(files, { tag })?.model.names[0]).toBe(expected);
  });

  it.each([
    [['m-Q8_0.gguf', 'm-F16.gguf'], 'm-Q8_0.gguf', /Q8_0 was taken/],
    [['m-F16.gguf', 'm-F32.gguf'], 'm-F16.gguf', /the first model/],
  ])('without one: %j', (paths, expected, note) => {
    expect(chosen(paths)?.model.names).toEqual([expected]);
    expect(chosen(paths)?.note).toMatch(note);
  });

  it('is never what lies beside one', () => {
    const beside = ['mmproj-Q4_K_M.gguf', 'imatrix-Q4_K_M.gguf', 'mtp-Q4_K_M.gguf', 'x/eagle3-Q4_K_M.gguf'];
    expect(chosen([...beside, 'README.md', 'Q4_K_M.txt'])).toBeUndefined();
  });

  it('is the file that is named, whatever its case', () => {
    expect(chosen(files, { file: 'M-f16.GGUF' })?.model.names).toEqual(['m-F16.gguf']);
    expect(chosen(files, { file: 'x.gguf', tag: 'Q8_0' })).toBeUndefined();
  });

  it('has all of its parts, in order, and tells which are missing', () => {
    const parts = ['Q8_0/m-Q8_0-00003-of-00003.gguf', 'Q8_0/m-Q8_0-00001-of-00003.gguf'];
    expect(chosen([...parts, 'm-Q4_0.gguf'], { tag: 'Q8_0' })?.model).toEqual({
      names: [parts[1], parts[0]],
      missing: ['Q8_0/m-Q8_0-00002-of-00003.gguf'],
    });
    expect(chosen([parts[0] ?? ''], { file: parts[1] })?.model).toMatchObject({ names: [parts[0]] });
  });
});

describe('what is loaded beside it', () => {
  it.each([
    ['the nearest directory', ['mmproj-F16.gguf', 'q/mmproj-F16.gguf'], 'q/mmproj-F16.gguf'],
    ['the nearest number of bits', ['mmproj-F32.gguf', 'mmproj-Q8_0.gguf'], 'mmproj-Q8_0.gguf'],
    ['not of another directory', ['F16/mmproj-Q8_0.gguf'], undefined],
    ['anywhere in its name', ['m.mmproj-F16.gguf'], 'm.mmproj-F16.gguf'],
  ])('the projector: %s', (_what, projectors, expected) => {
    expect(chosen(['q/m-Q8_0.gguf', ...projectors], { tag: 'Q8_0' })?.projector).toBe(expected);
  });

  it('no projector where none is wanted', () => {
    expect(chosen(['m.gguf', 'mmproj-F16.gguf'], { projector: false })?.projector).toBeUndefined();
  });

  it('heads that are asked for, with the very quantisation first', () => {
    const files = ['m-Q4_K_M.gguf', 'mtp-m-Q4_0.gguf', 'mtp-m-Q4_K_M.gguf', 'dflash-m.gguf'];
    expect(chosen(files)?.heads).toEqual([]);
    expect(chosen(files, { heads: ['mtp'], tag: 'Q4_K_M' })?.heads).toEqual(['mtp-m-Q4_K_M.gguf']);
  });

  it('a draft is the heads of its repository, else its model', () => {
    const draft = (paths: readonly string[], wanted: Wanted = {}) => {
      const choice = chosen(paths, { draft: true, projector: false, ...wanted });
      return [...(choice?.model.names ?? []), ...(choice?.heads ?? [])];
    };
    expect(draft(['m-Q4_K_M.gguf', 'dflash-m.gguf', 'mtp-m.gguf'])).toEqual(['mtp-m.gguf']);
    expect(draft(['m-Q4_K_M.gguf', 'dflash-m.gguf', 'mtp-m.gguf'], { heads: ['dflash'] })).toEqual([
      'dflash-m.gguf',
    ]);
    expect(draft(['mtp-m.gguf'])).toEqual(['mtp-m.gguf']);
    expect(draft(['m-Q4_K_M.gguf', 'mtp-m.gguf'], { file: 'm-Q4_K_M.gguf' })).toEqual(['m-Q4_K_M.gguf']);
    expect(draft(['m-Q4_K_M.gguf'])).toEqual(['m-Q4_K_M.gguf']);
  });
});

it.each([
  ['m-Q4_K_M.gguf', 'Q4_K_M'],
  ['a/m.q8_0-00001-of-00002.gguf', 'Q8_0'],
  ['model.gguf', ''],
])('the quantisation of %s is %j', (path, expected) => {
  expect(quantisationOf(path)).toBe(expected);
});

it('whatever is there, it takes what is there whatever order it is told', () => {
  const word = fc.constantFrom(
    'm',
    'mmproj',
    'mtp-',
    'Q4_K_M',
    'Q8_0',
    '-',
    '.',
    '/',
    '00001-of-00002',
    '.gguf',
  );
  const paths = fc.uniqueArray(
    fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join('')),
    { maxLength: 12 },
  );
  const wanted = fc.record({
    tag: fc.option(fc.constantFrom('Q4_K_M', 'Q8_0', '('), { nil: undefined }),
    file: fc.option(fc.constantFrom('m.gguf', 'm-00001-of-00002.gguf'), { nil: undefined }),
    projector: fc.boolean(),
    draft: fc.boolean(),
    heads: fc.constantFrom([], ['mtp'] as const),
  });
  fc.assert(
    fc.property(paths, wanted, (files, want) => {
      const choice = choose(files, want);
      if (choice === undefined) return;
      const beside = choice.projector === undefined ? [] : [choice.projector];
      for (const path of [...choice.model.names, ...choice.heads, ...beside]) expect(files).toContain(path);
      expect(new Set(choice.model.names).size).toBe(choice.model.names.length);
      expect(choose(files.toReversed(), want)).toEqual(choice);
    }),
    { numRuns: 2000 },
  );
});
