import { expect, test } from 'vitest';
import {
  type Action,
  type Index,
  type IndexRecord,
  planMirror,
} from '../../../../lib/storage/mirror/plan.ts';
import type { SourceEntry, SourceFile } from '../../../../lib/storage/mirror/types.ts';

function file(relative: string, ino: number, more: Partial<SourceFile> = {}): SourceFile {
  return {
    ...{ kind: 'file', relative, path: `/src/${relative}`, dev: 1n, ino: BigInt(ino) },
    ...{ size: 10, allocated: 4096, modifiedNs: 5n },
    ...more,
  };
}

function made(from: SourceFile, hereIno: number): IndexRecord {
  const { ino, size, modifiedNs } = from;
  const here = { ino: BigInt(hereIno), size, modifiedNs };
  return { kind: 'file', from: { ino, size, modifiedNs }, here, sha256: null, verified: 'destination' };
}

function plan(
  entries: readonly SourceEntry[],
  index: Record<string, IndexRecord> = {},
  present: readonly SourceEntry[] = [],
  overwrite = false,
): readonly Action[] {
  const known: Index = new Map(Object.entries(index));
  return planMirror(entries, known, new Map(present.map((one) => [one.relative, one])), overwrite).actions;
}

const A = file('a', 1);

test('what is not there is copied, what is whole is kept', () => {
  expect(plan([A])).toEqual([{ do: 'copy', file: A }]);
  expect(plan([A], { a: made(A, 9) }, [file('a', 9)])).toEqual([{ do: 'keep', file: A, changedHere: false }]);
});

test.each([
  ['its inode', file('a', 2)],
  ['its size', file('a', 1, { size: 11 })],
  ['its time', file('a', 1, { modifiedNs: 6n })],
])('a file that was replaced is copied again, seen by %s', (_, now) => {
  expect(plan([now], { a: made(A, 9) }, [file('a', 9)])).toEqual([{ do: 'copy', file: now }]);
});

test('what somebody changed in the mirror is left alone, unless told otherwise', () => {
  const changed = file('a', 9, { modifiedNs: 77n });
  expect(plan([A], { a: made(A, 9) }, [changed])).toEqual([{ do: 'keep', file: A, changedHere: true }]);
  expect(plan([file('a', 2)], { a: made(A, 9) }, [changed])).toMatchObject([{ do: 'refuse', relative: 'a' }]);
  expect(plan([A], { a: made(A, 9) }, [changed], true)).toEqual([{ do: 'copy', file: A }]);
});

test('what was there before the mirror is compared where it can be the same, and never replaced', () => {
  expect(plan([A], {}, [file('a', 9)])).toEqual([{ do: 'adopt', file: A }]);
  expect(plan([A], {}, [file('a', 9, { size: 3 })])).toMatchObject([{ do: 'refuse' }]);
  expect(plan([A], {}, [{ kind: 'link', relative: 'a', leadsTo: 'x' }])).toMatchObject([{ do: 'refuse' }]);
  expect(plan([A], {}, [{ kind: 'directory', relative: 'a', path: '/l/a' }], true)).toMatchObject([
    { do: 'refuse' },
  ]);
});

test('below a name that is taken nothing is done: a link there would lead out of the mirror', () => {
  const entries: SourceEntry[] = [{ kind: 'directory', relative: 'd', path: '/src/d' }, file('d/x', 1)];
  const actions = plan(entries, {}, [{ kind: 'link', relative: 'd', leadsTo: '/etc' }], true);
  expect(actions).toMatchObject([
    { do: 'refuse', relative: 'd' },
    { do: 'refuse', relative: 'd/x' },
  ]);
});

test('further names of a file are names', () => {
  const b = file('b', 1);
  expect(plan([A, b])).toEqual([
    { do: 'copy', file: A },
    { do: 'name', file: b, of: 'a' },
  ]);
  const index = { a: made(A, 9), b: made(b, 9) };
  expect(plan([A, b], index, [file('a', 9), file('b', 9)]).map((one) => one.do)).toEqual(['keep', 'keep']);
  // Two files of the mirror that should be one.
  const apart = { a: made(A, 9), b: made(b, 8) };
  expect(plan([A, b], apart, [file('a', 9), file('b', 8)]).map((one) => one.do)).toEqual(['keep', 'name']);
});

test('links of ours are switched, those of others are not', () => {
  const link = (leadsTo: string): SourceEntry => ({ kind: 'link', relative: 'l', leadsTo });
  expect(plan([link('new')], { l: { kind: 'link', leadsTo: 'old' } }, [link('old')])).toMatchObject([
    { do: 'link', leadsTo: 'new' },
  ]);
  expect(plan([link('new')], { l: { kind: 'link', leadsTo: 'old' } }, [link('theirs')])).toMatchObject([
    { do: 'refuse' },
  ]);
  expect(plan([link('same')], {}, [link('same')])).toEqual([]);
});

test('gone is what we made, is still there, and is no longer wanted; what is in a directory first', () => {
  const { gone } = planMirror(
    [A],
    new Map<string, IndexRecord>([
      ['a', made(A, 9)],
      ['d', { kind: 'directory' }],
      ['d/x', made(A, 7)],
      ['vanished', made(A, 6)],
    ]),
    new Map<string, SourceEntry>([
      ['a', file('a', 9)],
      ['d', { kind: 'directory', relative: 'd', path: '/l/d' }],
      ['d/x', file('d/x', 7)],
      ['theirs', file('theirs', 5)],
    ]),
    false,
  );
  expect(gone).toEqual(['d/x', 'd']);
});
