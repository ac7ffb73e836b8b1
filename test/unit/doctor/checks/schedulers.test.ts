import { expect, test } from 'vitest';
import { checkSchedulers } from '../../../../lib/doctor/checks/schedulers.ts';
import type { BlockDevice } from '../../../../lib/host/index.ts';
import { disk, filesystem, GIB, native, readings, setOf } from '../healthy.ts';

function check(device: BlockDevice | null, kernelRelease = '6.18.0', name = 'xfs') {
  const set = setOf(GIB, { filesystems: [filesystem({ name, device })] });
  return checkSchedulers(readings({ set, native: native({ kernelRelease }) }));
}

const NONE = disk({ scheduler: 'none', honoursIdlePriority: false });

test('one that honours it is ok and still no protection', () => {
  const [finding] = check(disk());
  expect(finding).toMatchObject({ id: 'idle-priority', level: 'ok' });
  expect(finding?.evidence).toContain('/sys/block/sda/queue/scheduler is mq-deadline');
  expect(finding?.evidence).toContain('rate limit');
});

test('one that ignores it is a warning with the exact command', () => {
  const [finding] = check(NONE);
  expect(finding).toMatchObject({ id: 'idle-priority', level: 'warning' });
  expect(finding?.title).toContain('rate limit');
  expect(finding?.remedy).toContain('echo mq-deadline > /sys/block/sda/queue/scheduler');
});

test('no scheduler is recommended that would not honour it either', () => {
  expect(check(NONE, '5.13.0')[0]?.remedy).not.toContain('echo');
  const withBfq = disk({ scheduler: 'none', honoursIdlePriority: false, schedulers: ['mq-deadline', 'bfq'] });
  expect(check(withBfq, '5.13.0')[0]?.remedy).toContain('echo bfq >');
  const alone = disk({ scheduler: 'none', honoursIdlePriority: false, schedulers: ['none'] });
  expect(check(alone)[0]?.remedy).toBe(
    'Limit the rate of the fill; no scheduler that honours it is offered here.',
  );
});

test('a stack answers with the disks that it is made of', () => {
  const nvme = disk({ ...NONE, name: 'nvme0n1' });
  const [finding] = check(
    disk({
      name: 'dm-0',
      scheduler: null,
      schedulers: [],
      honoursIdlePriority: false,
      members: [nvme, disk()],
    }),
  );
  expect(finding?.title).toContain('dm-0');
  expect(finding?.remedy).toContain('/sys/block/nvme0n1/queue/scheduler');
  expect(finding?.remedy).not.toContain('/sys/block/sda');
});

test('what is not known is a note', () => {
  expect(check(disk({ scheduler: null, honoursIdlePriority: null }))[0]?.level).toBe('note');
  expect(check(null, '6.18.0', 'btrfs')).toMatchObject([{ id: 'idle-priority', level: 'note' }]);
  // These have no disk to look at, and their own check says so.
  for (const name of ['nfs', 'overlayfs', 'tmpfs', 'zfs']) expect(check(null, '6.18.0', name)).toEqual([]);
});

test('a disk under two mounts is told once', () => {
  const set = setOf(GIB, { filesystems: [filesystem(), filesystem({ mountPoint: '/other' })] });
  expect(checkSchedulers(readings({ set }))).toHaveLength(1);
});
