import { expect, test } from 'vitest';
import { checkTargets } from '../../../../lib/doctor/checks/targets.ts';
import type { SetReadings } from '../../../../lib/doctor/index.ts';
import type { WarmSet } from '../../../../lib/targets/index.ts';
import { GIB, readings, setOf } from '../healthy.ts';

function check(changes: Partial<WarmSet>, size = GIB) {
  const set: SetReadings = setOf(size);
  return checkTargets(readings({ set: { ...set, set: { ...set.set, ...changes } } }));
}

const FAILURE = { path: '/models/x', code: 'EACCES', message: 'EACCES: denied, open', remedy: 'Grant it.' };
const SKIPPED = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 2, duplicates: 0 };

test('no set is a note, a set of files is ok', () => {
  expect(checkTargets(readings())).toMatchObject([{ id: 'no-set', level: 'note' }]);
  expect(check({})).toMatchObject([{ id: 'set', level: 'ok', title: '1 file, 1.00 GiB' }]);
});

test('no files is a problem, empty files are a note', () => {
  const empty = check({ files: [], size: 0, skipped: SKIPPED });
  expect(empty).toMatchObject([{ id: 'set-empty', level: 'problem' }]);
  expect(empty[0]?.evidence).toBe('The targets resolved to 0 files and 0 failures, 2 dangling links.');
  expect(check({ size: 0 })).toMatchObject([{ id: 'set-of-no-bytes', level: 'note' }]);
});

test('what could not be used is a warning with path and reason, and lists stay short', () => {
  const [, unusable] = check({ failures: [FAILURE] });
  expect(unusable).toMatchObject({ id: 'targets-unusable', level: 'warning', remedy: 'Grant it.' });
  expect(unusable?.evidence).toBe('/models/x: EACCES: denied, open');
  const many = check({ failures: Array.from({ length: 1007 }, () => FAILURE) })[1];
  expect(many?.title).toBe("1,007 parts of the targets couldn't be used");
  expect(many?.evidence).toMatch(/; and 1,002 more$/);
});

test('dangling links are a note', () => {
  expect(check({ skipped: SKIPPED })[1]).toMatchObject({ id: 'dangling-links', level: 'note' });
});
