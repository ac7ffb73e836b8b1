import { expect, test } from 'vitest';
import { checkMeasuring } from '../../../../lib/doctor/checks/measuring.ts';
import type { UnknownGroup } from '../../../../lib/doctor/index.ts';
import { GIB, readings, setOf } from '../healthy.ts';

function check(files: number, ...unknown: UnknownGroup[]) {
  return checkMeasuring(readings({ set: setOf(GIB, { measured: { files, unknown } }) }));
}

function group(code: UnknownGroup['code'], files: number): UnknownGroup {
  return { code, message: 'It is so.', remedy: 'Do this.', files, example: '/models/a' };
}

test('without a set, who runs decides', () => {
  expect(checkMeasuring(readings())).toMatchObject([{ id: 'may-measure', level: 'ok' }]);
  const other = checkMeasuring(readings({ euid: 1000, capabilities: new Set() }));
  expect(other).toMatchObject([{ id: 'may-measure', level: 'note' }]);
  expect(other[0]?.title).toContain('uid 1000');
  // The capability counts and not the number: root in a container may lack it.
  expect(checkMeasuring(readings({ euid: 0, capabilities: new Set() }))[0]?.level).toBe('note');
  const unread = checkMeasuring(readings({ euid: null, capabilities: null }));
  expect(unread).toMatchObject([{ level: 'note', remedy: null }]);
  expect(unread[0]?.evidence).toContain('could not be read');
});

test('with a set, what was measured decides', () => {
  expect(check(3)).toMatchObject([{ id: 'may-measure', level: 'ok' }]);
  const some = check(3, group('not-permitted', 2), group('unreadable', 1));
  expect(some).toMatchObject([
    { id: 'residency-not-permitted', level: 'warning', remedy: 'Do this.' },
    { id: 'residency-unreadable', level: 'warning' },
  ]);
  expect(some[0]?.title).toBe('Residency is unknown for 2 of 3 files (not-permitted)');
  expect(some[0]?.evidence).toBe('It is so. For example /models/a.');
  expect(check(3, group('not-permitted', 3))[0]?.level).toBe('problem');
  expect(check(3, group('replaced', 3))[0]?.level).toBe('note');
});

test('files without a page cache are left to the check of filesystems', () => {
  expect(check(3, group('no-page-cache', 3))).toEqual([]);
  expect(check(3, group('no-page-cache', 1))[0]).toMatchObject({ level: 'ok' });
  expect(check(3, group('no-page-cache', 1))[0]?.evidence).toContain('2 of 3 files');
});

test('nothing measured, nothing said', () => {
  expect(checkMeasuring(readings({ set: setOf(GIB, { measured: null }) }))).toEqual([]);
});
