import { expect, test } from 'vitest';
import { largeFolios, reflinks } from '../../../../lib/storage/inspect/abilities.ts';

const kernel = (major: number, minor: number) => ({ major, minor, patch: 0 });

test.each([
  ['xfs', kernel(5, 18), 'yes'],
  ['xfs', kernel(5, 17), 'no'],
  ['ext4', kernel(6, 16), 'yes'],
  ['ext4', kernel(6, 1), 'no'],
  ['btrfs', kernel(6, 18), 'unknown'],
  ['btrfs', kernel(7, 2), 'yes'],
  ['btrfs', kernel(6, 1), 'no'],
  ['f2fs', kernel(6, 18), 'no'],
  ['nfs4', kernel(6, 18), 'unknown'],
  ['xfs', null, 'unknown'],
] as const)('large folios on %s, %o: %s', (filesystem, release, ability) => {
  expect(largeFolios(filesystem, release).ability).toBe(ability);
});

test.each([
  ['xfs', true, 'yes'],
  ['xfs', false, 'no'],
  ['xfs', null, 'unknown'],
  ['btrfs', null, 'yes'],
  ['ext4', null, 'no'],
  ['tmpfs', null, 'no'],
  ['overlay', null, 'unknown'],
  ['nfs4', null, 'unknown'],
  ['zfs', null, 'unknown'],
] as const)('reflinks on %s, asked %s: %s', (filesystem, asked, ability) => {
  expect(reflinks(filesystem, asked).ability).toBe(ability);
});
