import { expect, test } from 'vitest';
import {
  parseTransparentHugePages,
  readTransparentHugePages,
} from '../../../lib/host/transparent-huge-pages.ts';
import { fixtureRoot } from './fixture-root.ts';

test.each([
  ['[always] madvise never\n', 'always'],
  ['always [madvise] never\n', 'madvise'],
  ['always madvise [never]\n', 'never'],
  ['always madvise never\n', null],
  ['[sometimes] never', null],
  ['', null],
])('%j', (text, answer) => {
  expect(parseTransparentHugePages(text)).toBe(answer);
});

test('reads below the root; null without /sys', async () => {
  const path = '/sys/kernel/mm/transparent_hugepage/enabled';
  expect(await readTransparentHugePages(await fixtureRoot({ [path]: '[always] never' }))).toBe('always');
  expect(await readTransparentHugePages(await fixtureRoot({}))).toBeNull();
});
