import { expect, test } from 'vitest';
import { readSwappiness } from '../../../lib/host/swappiness.ts';
import { fixtureRoot } from './fixture-root.ts';

test('a number, or null', async () => {
  expect(await readSwappiness(await fixtureRoot({ '/proc/sys/vm/swappiness': '10\n' }))).toBe(10);
  expect(await readSwappiness(await fixtureRoot({ '/proc/sys/vm/swappiness': 'x' }))).toBeNull();
  expect(await readSwappiness(await fixtureRoot({ '/etc': null }))).toBeNull();
});
