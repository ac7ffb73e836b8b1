import { expect, test } from 'vitest';
import { hostPathExists, parseCount, readHostText, readHostTextOrNull } from '../../../lib/host/host-file.ts';
import { fixtureRoot } from './fixture-root.ts';

test('a missing file and a directory are results with their errno name', async () => {
  const host = await fixtureRoot({ '/proc/meminfo': 'x', '/sys/empty': null });
  expect(await readHostText('/proc/meminfo', host)).toEqual({ state: 'read', text: 'x' });
  expect(await readHostText('/proc/other', host)).toEqual({ state: 'failed', code: 'ENOENT' });
  expect(await readHostText('/sys/empty', host)).toEqual({ state: 'failed', code: 'EISDIR' });
  expect(await readHostTextOrNull('/proc/other', host)).toBeNull();
  expect(await hostPathExists('/sys/empty', host)).toBe(true);
  expect(await hostPathExists('/sys/other', host)).toBe(false);
});

test.each([
  ['0', 0],
  [' 42\n', 42],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ['9007199254740992', null],
  ['', null],
  ['-1', null],
  ['1.5', null],
  ['0x10', null],
  ['1 2', null],
  [undefined, null],
  [null, null],
])('parseCount(%j) is %j', (text, value) => {
  expect(parseCount(text)).toBe(value);
});
