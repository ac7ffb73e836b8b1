import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringifyJson } from '../../../../lib/cli/render/json.ts';
import { PLAIN } from '../../../../lib/cli/render/terminal.ts';
import { WarmsetError } from '../../../../lib/errors.ts';

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

describe('stringifyJson', () => {
  it('is one line in a pipe and indented on a terminal', () => {
    expect(stringifyJson(PLAIN, { a: [1] })).toBe('{"a":[1]}');
    expect(stringifyJson({ ...PLAIN, isTTY: true }, { a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  });

  it('writes BigInts as decimal strings and typed arrays as arrays', () => {
    const value = { ino: 2n ** 64n, counts: Uint32Array.of(1, 2), none: undefined };
    expect(stringifyJson(PLAIN, value)).toBe('{"ino":"18446744073709551616","counts":[1,2]}');
    expect(stringifyJson(PLAIN, undefined)).toBe('null');
  });

  it('keeps what an error says', () => {
    const refused = new WarmsetError('WARMSET_BAD_TARGET', 'no', { subject: 's', remedy: 'r' });
    expect(JSON.parse(stringifyJson(PLAIN, refused))).toEqual({
      code: 'WARMSET_BAD_TARGET',
      message: 'no',
      subject: 's',
      remedy: 'r',
    });
    const failed = Object.assign(new Error('EIO'), { code: 'EIO', errno: -5, syscall: 'read', path: '/x' });
    expect(JSON.parse(stringifyJson(PLAIN, failed))).toEqual({
      code: 'EIO',
      message: 'EIO',
      syscall: 'read',
      path: '/x',
    });
    expect(JSON.parse(stringifyJson(PLAIN, new TypeError('t')))).toEqual({ code: 'TypeError', message: 't' });
  });

  it('holds no character that steers a terminal, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: steering }), (text) => {
        const json = stringifyJson(PLAIN, { text });
        expect(json).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}]/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
