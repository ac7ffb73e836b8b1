import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndexRecord } from '../../../../lib/storage/mirror/plan.ts';
import {
  parseBegun,
  parseIndex,
  parseMirrorFile,
  printBegun,
  printDone,
  printRecord,
} from '../../../../lib/storage/mirror/state-format.ts';

const VERSION = { ino: 2n ** 63n, size: 2 ** 50, modifiedNs: -5n };
const SHA = 'a'.repeat(64);
const FILE: IndexRecord = {
  ...{ kind: 'file', from: VERSION, here: { ...VERSION, ino: 3n } },
  ...{ sha256: SHA, verified: 'destination' },
};

test('records come back, the last of a name counts, and a name that was removed is gone', () => {
  const text = [
    printRecord('a\xff', FILE),
    printRecord('b', { kind: 'link', leadsTo: 'x' }),
    printRecord('b', null),
    printRecord('d', { kind: 'directory' }),
  ].join('');
  expect([...parseIndex(text)]).toEqual([
    ['a\xff', FILE],
    ['d', { kind: 'directory' }],
  ]);
});

test('whatever a crash leaves of the last line, those before it hold', () => {
  const [whole, last] = [printRecord('a', FILE), printRecord('b', FILE)];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: last.length - 2 }), (kept) => {
      expect([...parseIndex(whole + last.slice(0, kept)).keys()]).toEqual(['a']);
    }),
  );
});

test('how far a file is', () => {
  expect(parseBegun('')).toBeNull();
  expect(parseBegun(printDone(5, SHA))).toBeNull();
  expect(parseBegun(printBegun(VERSION))).toEqual({ from: VERSION, done: 0, sha256: null });
  const text = printBegun(VERSION) + printDone(5, 'x') + printDone(9, SHA);
  expect(parseBegun(text)).toEqual({ from: VERSION, done: 9, sha256: SHA });
  expect(parseBegun(`${text}{"done":99,"sh`)).toEqual({ from: VERSION, done: 9, sha256: SHA });
});

test('what is no state is none', () => {
  expect(parseMirrorFile('')).toBeNull();
  expect(parseMirrorFile('{"source":1}')).toBeNull();
  expect(parseIndex('[]\n{"name":"a","is":{"kind":"file"}}\n{"name":7,"is":null}').size).toBe(0);
});
