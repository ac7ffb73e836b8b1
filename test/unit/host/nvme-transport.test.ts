import { expect, test } from 'vitest';
import { isOverTcp } from '../../../lib/host/index.ts';
import { fixtureRoot } from './fixture-root.ts';

type Disk = Parameters<typeof isOverTcp>[0];

const disk = (name: string, ...members: readonly Disk[]): Disk => ({ name, members });

const FILES = {
  // Native multipathing: the disk is the subsystem's, which links its controllers.
  '/sys/class/nvme-subsystem/nvme-subsys1/nvme1/transport': 'tcp\n',
  '/sys/class/nvme-subsystem/nvme-subsys1/nvme2/transport': 'rdma\n',
  '/sys/class/block/nvme1n1/device': { link: '../../nvme-subsystem/nvme-subsys1' },
  '/sys/class/nvme-subsystem/nvme-subsys0/nvme0/transport': 'pcie\n',
  '/sys/class/block/nvme0n1/device': { link: '../../nvme-subsystem/nvme-subsys0' },
  // None: the disk is its controller's.
  '/sys/class/block/nvme3n1/device/transport': 'tcp\n',
  '/sys/class/block/sda/device/model': 'disk\n',
};

test('a namespace is over TCP when one of its controllers is, with and without multipathing', async () => {
  const host = await fixtureRoot(FILES);
  expect(await isOverTcp(disk('nvme1n1'), host)).toBe(true);
  expect(await isOverTcp(disk('nvme3n1'), host)).toBe(true);
  for (const name of ['nvme0n1', 'sda', 'vda']) expect(await isOverTcp(disk(name), host), name).toBe(false);
});

test('what is made of others is when one of them is', async () => {
  const host = await fixtureRoot(FILES);
  expect(await isOverTcp(disk('dm-1', disk('dm-0', disk('sda'), disk('nvme1n1'))), host)).toBe(true);
  expect(await isOverTcp(disk('dm-1', disk('sda'), disk('nvme0n1')), host)).toBe(false);
});
