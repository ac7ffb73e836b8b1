import { expect, test } from 'vitest';
import { filesystemName } from '../../../lib/host/filesystem-names.ts';

test.each([
  [0xef53, 'ext4'],
  [0x58465342n, 'xfs'],
  [0x794c7630, 'overlayfs'],
  [0x9123683e, 'btrfs'],
  // The same number as a signed 32-bit word.
  [0x9123683e - 2 ** 32, 'btrfs'],
  [0xfe534d42n, 'smb2'],
  [0x65735546, 'fuse'],
  [0, null],
  [0x12345678, null],
])('%d is %s', (type, name) => {
  expect(filesystemName(type)).toBe(name);
});
