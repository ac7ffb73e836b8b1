import { expect, test } from 'vitest';
import { checkFilesystems } from '../../../../lib/doctor/checks/filesystems.ts';
import type { FilesystemReading } from '../../../../lib/doctor/index.ts';
import { filesystem, GIB, readings, setOf } from '../healthy.ts';

function check(changes: Partial<FilesystemReading>) {
  return checkFilesystems(readings({ set: setOf(GIB, { filesystems: [filesystem(changes)] }) }));
}

test.each([
  ['xfs', 'filesystem', 'ok'],
  ['ext4', 'filesystem', 'ok'],
  ['overlayfs', 'filesystem-stacked', 'note'],
  ['overlay', 'filesystem-stacked', 'note'],
  ['fuse', 'filesystem-remote', 'warning'],
  ['fuse.sshfs', 'filesystem-remote', 'warning'],
  ['nfs', 'filesystem-remote', 'warning'],
  ['lustre', 'filesystem-remote', 'warning'],
  ['tmpfs', 'filesystem-in-memory', 'note'],
  ['zfs', 'filesystem-zfs', 'warning'],
  [null, 'filesystem-unknown', 'note'],
] as const)('%s: %s, %s', (name, id, level) => {
  const findings = check({ name });
  expect(findings).toMatchObject([{ id, level }]);
  expect(findings[0]?.evidence).toContain('1 file, 1.00 GiB on');
  expect(findings[0]?.evidence).toContain('/models');
});

test('DAX is said beside the filesystem', () => {
  expect(check({ daxFiles: 1 })).toMatchObject([
    { id: 'filesystem' },
    { id: 'filesystem-dax', level: 'note' },
  ]);
  expect(check({ daxFiles: 0 })).toHaveLength(1);
});

test('a mount that is not shown is said to be so', () => {
  expect(check({ mountPoint: null })[0]?.evidence).toContain('does not show');
});

test('no set, no word', () => {
  expect(checkFilesystems(readings())).toEqual([]);
});
