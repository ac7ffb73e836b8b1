import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  insideOf,
  relativeLink,
  shown,
  toBytePath,
  toRawPath,
} from '../../../../lib/storage/mirror/byte-path.ts';

test('every name comes back byte for byte, and as text where it is text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      expect(Buffer.from(toRawPath(toBytePath(Buffer.from(bytes))))).toEqual(Buffer.from(bytes));
    }),
  );
  expect(toRawPath(toBytePath('/ä'))).toBe('/ä');
  expect(toRawPath(toBytePath(Buffer.from([0x2f, 0xff])))).toEqual(Buffer.from([0x2f, 0xff]));
  expect(shown(toBytePath(Buffer.from([0x2f, 0xff])))).toBe('/\\xff');
});

test.each([
  ['snapshots/1/model', '../../blobs/ab', 'blobs/ab'],
  ['a', 'b', 'b'],
  ['a/b', '..', '.'],
  ['a/b', '../..', null],
  ['a', '../root/b', null],
  ['a', '/src/root/x/', 'x'],
  ['a', '/src/root', '.'],
  ['a', '/src/rootless/x', null],
  ['a', '/src/root/../x', null],
  ['a', '..b/c', '..b/c'],
])('%s -> %s leads to %s', (link, leadsTo, inside) => {
  expect(insideOf('/src/root', link, leadsTo)).toBe(inside);
});

test('a link that was absolute leads to the same place in the mirror', () => {
  expect(relativeLink('a/b/link', 'x/y')).toBe('../../x/y');
  expect(relativeLink('link', '.')).toBe('.');
});
