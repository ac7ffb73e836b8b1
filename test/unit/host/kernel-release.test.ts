import { expect, test } from 'vitest';
import { atLeast, parseKernelRelease, readKernelRelease } from '../../../lib/host/kernel-release.ts';
import { fixtureRoot } from './fixture-root.ts';

test.each([
  ['6.18.44-fc-v509\n', { major: 6, minor: 18, patch: 44 }],
  ['5.14.0-427.13.1.el9_4.x86_64', { major: 5, minor: 14, patch: 0 }],
  ['6.18-rc1', { major: 6, minor: 18, patch: 0 }],
  ['6.8', { major: 6, minor: 8, patch: 0 }],
  ['', null],
  ['6', null],
  ['linux 6.8', null],
])('%j', (text, release) => {
  expect(parseKernelRelease(text)).toEqual(release);
});

test('versions compare by number, part by part', () => {
  const release = { major: 6, minor: 9, patch: 3 };
  expect(atLeast(release, 6, 9)).toBe(true);
  expect(atLeast(release, 6, 9, 3)).toBe(true);
  expect(atLeast(release, 6, 9, 4)).toBe(false);
  expect(atLeast(release, 6, 10)).toBe(false);
  expect(atLeast(release, 5, 14, 99)).toBe(true);
  expect(atLeast(release, 7, 0)).toBe(false);
});

test('reads the running kernel, and null without /proc', async () => {
  expect((await readKernelRelease())?.major).toBeGreaterThanOrEqual(4);
  expect(await readKernelRelease(await fixtureRoot({}))).toBeNull();
});
