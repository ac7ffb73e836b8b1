import { expect, test } from 'vitest';
import { serverName } from '../../../../lib/storage/footprint/storage-names.ts';

test.each([
  ['nfs4', 'server:/models', 'nfs4 server:/models'],
  ['ceph', '10.0.0.1:6789:/models', 'ceph 10.0.0.1:6789:/models'],
  ['cifs', '//server/share', 'cifs //server/share'],
  ['fuse.sshfs', 'me@server:/models', null],
  ['9p', 'share', null],
  ['ext4', '/dev/vda', null],
])('%s from %s', (fsType, source, name) => {
  expect(serverName({ fsType, source })).toBe(name);
});

test('no mount has no server', () => {
  expect(serverName(null)).toBeNull();
});
