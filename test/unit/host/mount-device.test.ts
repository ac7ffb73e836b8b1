import { expect, test } from 'vitest';
import { findMountDevice, readMountReadAhead } from '../../../lib/host/mount-device.ts';
import { type Mount, parseMountinfo } from '../../../lib/host/mountinfo.ts';
import { fixtureRoot } from './fixture-root.ts';

function mount(device: string, fsType: string, source: string): Mount {
  const [parsed] = parseMountinfo(`1 0 ${device} / /m rw - ${fsType} ${source} rw`);
  if (!parsed) throw new Error('the fixture is no mount');
  return parsed;
}

const FILES = {
  '/dev/dm-0': '',
  '/dev/mapper/vg-data': { link: '../dm-0' },
  '/sys/class/block/dm-0/dev': '253:0\n',
  '/sys/class/block/sdb/dev': '8:16\n',
  '/sys/class/bdi/0:52/read_ahead_kb': '15360\n',
  '/sys/fs/btrfs/features': null,
  '/sys/fs/btrfs/aaaa/devices/sda': null,
  '/sys/fs/btrfs/aaaa/bdi/read_ahead_kb': '1\n',
  '/sys/fs/btrfs/bbbb/devices/dm-0': null,
  '/sys/fs/btrfs/bbbb/bdi/read_ahead_kb': '4096\n',
};

test('a real number is the answer; an anonymous one is looked up by the source', async () => {
  const host = await fixtureRoot(FILES);
  const find = (...args: Parameters<typeof mount>) => findMountDevice(mount(...args), host);
  expect(await find('8:1', 'xfs', '/dev/sda1')).toEqual({ major: 8, minor: 1 });
  expect(await find('0:40', 'btrfs', '/dev/sdb')).toEqual({ major: 8, minor: 16 });
  expect(await find('0:40', 'btrfs', '/dev/mapper/vg-data')).toEqual({ major: 253, minor: 0 });
  expect(await find('0:40', 'btrfs', '/dev/sdz')).toBeNull();
  expect(await find('0:52', 'nfs', 'server:/export')).toBeNull();
  expect(await find('0:52', 'tmpfs', 'tmpfs')).toBeNull();
});

test('network mounts and btrfs have a window of their own', async () => {
  const host = await fixtureRoot(FILES);
  const read = (...args: Parameters<typeof mount>) => readMountReadAhead(mount(...args), host);
  expect(await read('0:52', 'nfs', 'server:/export')).toEqual({
    kib: 15360,
    file: '/sys/class/bdi/0:52/read_ahead_kb',
  });
  expect(await read('0:40', 'btrfs', '/dev/mapper/vg-data')).toEqual({
    kib: 4096,
    file: '/sys/fs/btrfs/bbbb/bdi/read_ahead_kb',
  });
  expect(await read('0:40', 'btrfs', '/dev/sdz')).toBeNull();
  expect(await read('0:53', 'tmpfs', 'tmpfs')).toBeNull();
  expect(await read('8:1', 'xfs', '/dev/sda1')).toBeNull();
});
