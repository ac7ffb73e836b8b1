import { expect, test } from 'vitest';
import { type Mount, parseMountinfo } from '../../../../lib/host/index.ts';
import { mountPart } from '../../../../lib/storage/inspect/mount-part.ts';

const MOUNTS = parseMountinfo(
  [
    '27 1 254:0 / / rw - ext4 /dev/vda rw',
    '30 27 254:0 /data/models /models ro - ext4 /dev/vda rw',
    '31 27 0:50 /@home /home rw - btrfs /dev/vdb rw,subvol=/@home',
    '32 27 0:50 /@home/cache /cache rw - btrfs /dev/vdb rw,subvol=/@home',
    '33 27 8:1 /gone /only rw - xfs /dev/sda1 rw',
  ].join('\n'),
);
const at = (point: string): Mount => {
  const mount = MOUNTS.find(({ mountPoint }) => mountPoint === point);
  if (!mount) throw new Error(point);
  return mount;
};

test.each([
  ['/', null],
  ['/models', { kind: 'bind', root: '/data/models', alsoAt: '/data/models' }],
  ['/home', { kind: 'subvolume', root: '/@home', alsoAt: null }],
  ['/cache', { kind: 'bind', root: '/@home/cache', alsoAt: '/home/cache' }],
  ['/only', { kind: 'bind', root: '/gone', alsoAt: null }],
])('%s', (point, expected) => {
  expect(mountPart(at(point), MOUNTS)).toEqual(expected);
});
