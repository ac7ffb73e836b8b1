import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN, type Terminal } from '../../../../lib/cli/render/terminal.ts';
import {
  displayWidth,
  pad,
  printable,
  truncateAll,
  truncateEnd,
  truncateMiddle,
  wrap,
} from '../../../../lib/cli/render/width.ts';

const UNICODE: Terminal = { isTTY: true, columns: 80, colour: false, unicode: true };

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['\x1b[31mabc\x1b[39m', 3],
    ['模型', 4],
    ['한글', 4],
    ['e\u0301', 1],
    ['नि', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['🇩🇪', 2],
    ['█░·…', 4],
    ['ａ', 2],
  ])('%j is %d wide', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('truncateMiddle', () => {
  const path = '/mnt/models/llama/model-00003-of-00004.safetensors';

  it.each([
    [50, path],
    [49, '…/models/llama/model-00003-of-00004.safetensors'],
    [40, '…/llama/model-00003-of-00004.safetensors'],
    [39, '…/model-00003-of-00004.safetensors'],
    [33, '…model-00003-of-00004.safetensors'],
    [32, 'model-0000…-of-00004.safetensors'],
    [20, 'model-…4.safetensors'],
    [2, '…s'],
    [1, 's'],
    [0, ''],
  ])('fits a path into %d columns', (width, text) => {
    expect(truncateMiddle(UNICODE, path, width)).toBe(text);
  });

  it('has an ASCII mark', () => {
    expect(truncateMiddle(PLAIN, path, 42)).toBe('.../llama/model-00003-of-00004.safetensors');
  });

  it('never exceeds the width, with any name and either mark', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', '/', '模', '👩‍👩‍👧', 'e\u0301', '.'),
      maxLength: 30,
    });
    fc.assert(
      fc.property(name, fc.integer({ min: 0, max: 40 }), fc.boolean(), (text, width, unicode) => {
        const cut = truncateMiddle({ ...UNICODE, unicode }, text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(cut).toBe(text);
      }),
    );
  });

  it('keeps names apart that differ in their middle', () => {
    const shards = [1, 2, 3].map((n) => `/m/model-0000${n}-of-00003.safetensors`);
    expect(truncateAll(UNICODE, shards, 20)).toEqual([
      'model-00001-…tensors',
      'model-00002-…tensors',
      'model-00003-…tensors',
    ]);
  });
});

it('truncateEnd, pad and wrap', () => {
  expect(truncateEnd(UNICODE, 'paused: memory pressure', 10)).toBe('paused: m…');
  expect(truncateEnd(UNICODE, 'paused: memory pressure', 9)).toBe('paused:…');
  expect(truncateEnd(PLAIN, 'paused', -1)).toBe('');
  expect(pad('模', 4)).toBe('模  ');
  expect(pad('模', 4, 'right')).toBe('  模');
  expect(pad('long', 2)).toBe('long');
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('unbreakable', 4)).toEqual(['unbreakable']);
  expect(wrap('one two three', null)).toEqual(['one two three']);
});

// Any character, and often enough one of the few that matter.
const steering = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom(
    '\x1b',
    '\n',
    '\t',
    '\x7f',
    '\x85',
    '\x9b',
    '\u2028',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\\',
    '"',
  ),
);

describe('printable', () => {
  it.each([
    ['a\nb', 'a\\nb'],
    ['\x1b[2J', '\\x1b[2J'],
    ['\x7f\x9b', '\\x7f\\x9b'],
    ['a\u202eb', 'a\\u202eb'],
    ['\u2028', '\\u2028'],
    ['\ud800', '\\ud800'],
    ['a\\n', 'a\\n'],
    ['模型 é 👩‍👩‍👧', '模型 é 👩‍👩‍👧'],
  ])('%j', (name, shown) => {
    expect(printable(name)).toBe(shown);
  });

  it('leaves nothing that steers a terminal, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: steering }), (name) => {
        const shown = printable(name);
        expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });
});
