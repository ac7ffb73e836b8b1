import { expect, test } from 'vitest';
import { type DeviceOptions, readDevice } from '../../../../lib/storage/inspect/device.ts';
import type { Place } from '../../../../lib/storage/inspect/types.ts';
import { fixtureRoot } from '../../host/fixture-root.ts';

type Tree = Parameters<typeof fixtureRoot>[0];

function disk(place: string, number: string, scheduler: string, more: Record<string, string> = {}): Tree {
  const files = {
    dev: number,
    size: '2048',
    'queue/scheduler': scheduler,
    'queue/read_ahead_kb': '128',
    'queue/max_sectors_kb': '1280',
    'queue/rotational': '0',
    'queue/nr_requests': '64',
    ...more,
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`/sys/devices/${place}/${name}`, `${text}\n`]),
  );
}

const number = (name: string, place: string): Tree => ({
  [`/sys/dev/block/${name}`]: { link: `../../devices/${place}` },
});

const follow = async (path: string): Promise<Place> => ({
  state: 'hidden',
  role: 'backing file',
  path,
  why: 'a test',
});

async function options(tree: Tree): Promise<DeviceOptions> {
  return { ...(await fixtureRoot(tree)), kernel: { major: 6, minor: 18, patch: 0 }, follow };
}

test('LVM on LUKS on a partition: down to the disk, whose scheduler decides', async () => {
  const host = await options({
    ...disk('virtual/block/dm-1', '253:1', 'none', { 'dm/name': 'vg-models', 'dm/uuid': 'LVM-abc' }),
    ...disk('virtual/block/dm-0', '253:0', 'none', { 'dm/name': 'crypt', 'dm/uuid': 'CRYPT-LUKS2-abc' }),
    ...disk('pci/sda', '8:0', 'none [mq-deadline]', { 'device/model': 'SAMSUNG', 'device/numa_node': '-1' }),
    '/sys/devices/pci/sda/sda2/partition': '2\n',
    '/sys/devices/pci/sda/sda2/size': '1024\n',
    '/sys/devices/virtual/block/dm-1/slaves/dm-0': { link: '../../dm-0' },
    '/sys/devices/virtual/block/dm-0/slaves/sda2': { link: '../../../../pci/sda/sda2' },
    ...number('253:1', 'virtual/block/dm-1'),
  });
  expect(await readDevice({ major: 253, minor: 1 }, host)).toMatchObject({
    name: 'dm-1',
    kind: 'lvm',
    label: 'vg-models',
    sizeBytes: 1 << 20,
    queue: { scheduler: 'none', honoursIdlePriority: true, readAheadKb: 128, depth: 64 },
    members: [
      {
        kind: 'crypt',
        queue: { honoursIdlePriority: true },
        members: [
          {
            name: 'sda2',
            kind: 'partition',
            queue: null,
            sizeBytes: 1 << 19,
            members: [{ name: 'sda', kind: 'disk', label: 'SAMSUNG', numaNode: null }],
          },
        ],
      },
    ],
  });
});

test('an array that lost a disk', async () => {
  const host = await options({
    ...disk('virtual/block/md0', '9:0', 'none', {
      'md/level': 'raid1',
      'md/array_state': 'clean',
      'md/degraded': '1',
      'md/sync_action': 'recover',
    }),
    ...disk('pci/sdb', '8:16', '[none] bfq'),
    '/sys/devices/virtual/block/md0/slaves/sdb': { link: '../../../../pci/sdb' },
    ...number('9:0', 'virtual/block/md0'),
  });
  expect(await readDevice({ major: 9, minor: 0 }, host)).toMatchObject({
    kind: 'md',
    label: 'raid1',
    array: { level: 'raid1', state: 'clean', degraded: 1, syncAction: 'recover' },
    queue: { honoursIdlePriority: false },
    members: [{ name: 'sdb' }],
  });
});

function controller(name: string, address: string, state: string, more: Tree = {}): Tree {
  const place = `/sys/devices/virtual/nvme-fabrics/ctl/${name}`;
  return {
    [`${place}/transport`]: 'tcp\n',
    [`${place}/address`]: `${address}\n`,
    [`${place}/state`]: `${state}\n`,
    [`${place}/numa_node`]: '1\n',
    ...more,
  };
}

test('NVMe over TCP with two paths: the namespace is the subsystem’s, its paths are the controllers', async () => {
  const subsystem = '/sys/devices/virtual/nvme-subsystem/nvme-subsys0';
  const host = await options({
    ...disk('virtual/nvme-subsystem/nvme-subsys0/nvme0n1', '259:1', 'none', { nsid: '7' }),
    [`${subsystem}/nvme0n1/device`]: { link: '../../nvme-subsys0' },
    [`${subsystem}/subsysnqn`]: 'nqn.2014-08.org:models\n',
    [`${subsystem}/iopolicy`]: 'numa\n',
    ...controller('nvme0', 'traddr=10.0.0.1,trsvcid=4420', 'live'),
    ...controller('nvme1', 'traddr=10.0.0.2,trsvcid=4420', 'connecting'),
    [`${subsystem}/nvme0`]: { link: '../../nvme-fabrics/ctl/nvme0' },
    [`${subsystem}/nvme1`]: { link: '../../nvme-fabrics/ctl/nvme1' },
    '/sys/devices/virtual/nvme-fabrics/ctl/nvme0/nvme0c0n1/ana_state': 'optimized\n',
    '/sys/devices/virtual/nvme-fabrics/ctl/nvme0/nvme0c0n1/queue/scheduler': '[none] kyber\n',
    '/sys/devices/virtual/nvme-fabrics/ctl/nvme1/nvme0c1n1/ana_state': 'inaccessible\n',
    ...number('259:1', 'virtual/nvme-subsystem/nvme-subsys0/nvme0n1'),
  });
  expect((await readDevice({ major: 259, minor: 1 }, host))?.nvme).toEqual({
    subsystem: 'nqn.2014-08.org:models',
    namespaceId: 7,
    ioPolicy: 'numa',
    paths: [
      {
        controller: 'nvme0',
        transport: 'tcp',
        address: 'traddr=10.0.0.1,trsvcid=4420',
        state: 'live',
        anaState: 'optimized',
        scheduler: 'none',
        numaNode: 1,
      },
      {
        controller: 'nvme1',
        transport: 'tcp',
        address: 'traddr=10.0.0.2,trsvcid=4420',
        state: 'connecting',
        anaState: 'inaccessible',
        scheduler: null,
        numaNode: 1,
      },
    ],
  });
});

test('a loop device follows its file, and who honours what is below counts as well', async () => {
  const host = await options({
    ...disk('virtual/block/loop3', '7:3', '[mq-deadline]', {
      'loop/backing_file': '/images/model disk.img',
      'loop/dio': '1',
      'loop/offset': '512',
    }),
    ...number('7:3', 'virtual/block/loop3'),
  });
  expect(await readDevice({ major: 7, minor: 3 }, host)).toMatchObject({
    kind: 'loop',
    loop: { directIo: true, offsetBytes: 512 },
    backing: { path: '/images/model disk.img' },
    queue: { scheduler: 'mq-deadline', honoursIdlePriority: null },
  });
});

test('a device that claims to be made of itself still ends; one that tells nothing is there', async () => {
  const host = await options({
    ...disk('virtual/block/dm-0', '253:0', 'none'),
    '/sys/devices/virtual/block/dm-0/slaves/dm-0': { link: '../../dm-0' },
    ...number('253:0', 'virtual/block/dm-0'),
    '/sys/devices/pci/sdz': null,
    ...number('8:9', 'pci/sdz'),
  });
  expect(await readDevice({ major: 253, minor: 0 }, host)).toMatchObject({ kind: 'device-mapper' });
  expect(await readDevice({ major: 8, minor: 9 }, host)).toMatchObject({
    name: 'sdz',
    label: null,
    sizeBytes: null,
    queue: { scheduler: null, honoursIdlePriority: null, rotational: null },
  });
  expect(await readDevice({ major: 0, minor: 9 }, host)).toBeNull();
  expect(await readDevice({ major: 8, minor: 1 }, host)).toBeNull();
});
