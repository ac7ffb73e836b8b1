import { expect, test } from 'vitest';
import { parseReadsInFlight, readBlockDevice, readsInFlight } from '../../../lib/host/block-device.ts';
import { fixtureRoot } from './fixture-root.ts';

const KERNEL = { '/proc/sys/kernel/osrelease': '6.18.44\n' };

function disk(name: string, scheduler: string): Record<string, string> {
  const directory = `/sys/devices/block/${name}`;
  return {
    [`${directory}/queue/scheduler`]: `${scheduler}\n`,
    [`${directory}/queue/read_ahead_kb`]: '128\n',
    [`${directory}/queue/max_sectors_kb`]: '1280\n',
    [`${directory}/queue/rotational`]: '0\n',
    [`${directory}/queue/nr_requests`]: '256\n',
    [`${directory}/inflight`]: '       3        1\n',
  };
}

const link = (name: string) => ({ link: `../../devices/block/${name}` });

test('a whole disk', async () => {
  const host = await fixtureRoot({
    ...KERNEL,
    ...disk('sda', 'none [mq-deadline] bfq'),
    '/sys/devices/block/sda/device/model': 'SAMSUNG MZ7LH960\n',
    '/sys/dev/block/8:0': link('sda'),
  });
  expect(await readBlockDevice(8, 0, host)).toEqual({
    name: 'sda',
    model: 'SAMSUNG MZ7LH960',
    scheduler: 'mq-deadline',
    schedulers: ['none', 'mq-deadline', 'bfq'],
    honoursIdlePriority: true,
    readAheadKb: 128,
    maxSectorsKb: 1280,
    rotational: false,
    queueDepth: 256,
    members: [],
  });
});

test("a partition answers with its disk's queue", async () => {
  const host = await fixtureRoot({
    ...KERNEL,
    ...disk('nvme0n1', '[none] mq-deadline'),
    '/sys/devices/block/nvme0n1/nvme0n1p2/partition': '2\n',
    '/sys/dev/block/259:2': link('nvme0n1/nvme0n1p2'),
  });
  expect(await readBlockDevice(259, 2, host)).toMatchObject({
    name: 'nvme0n1',
    scheduler: 'none',
    honoursIdlePriority: false,
    readAheadKb: 128,
  });
});

test('a device made of others: their schedulers decide about priority, not its own', async () => {
  const tree = {
    ...KERNEL,
    ...disk('dm-0', 'none'),
    ...disk('sda', '[bfq]'),
    '/sys/devices/block/sda/sda1/partition': '1\n',
    '/sys/devices/block/dm-0/slaves/sda1': { link: '../../sda/sda1' },
    '/sys/dev/block/253:0': link('dm-0'),
  };
  expect(await readBlockDevice(253, 0, await fixtureRoot(tree))).toMatchObject({
    name: 'dm-0',
    scheduler: 'none',
    honoursIdlePriority: true,
    members: [{ name: 'sda', scheduler: 'bfq' }],
  });
  const mixed = {
    ...tree,
    ...disk('sdb', '[none]'),
    '/sys/devices/block/dm-0/slaves/sdb': { link: '../../sdb' },
  };
  expect(await readBlockDevice(253, 0, await fixtureRoot(mixed))).toMatchObject({
    honoursIdlePriority: false,
  });
});

test('a device that claims to be made of itself still ends', async () => {
  const host = await fixtureRoot({
    ...disk('dm-0', 'none'),
    '/sys/devices/block/dm-0/slaves/dm-0': { link: '../../dm-0' },
    '/sys/dev/block/253:0': link('dm-0'),
  });
  expect(await readBlockDevice(253, 0, host)).toMatchObject({ name: 'dm-0', honoursIdlePriority: false });
});

test('a disk that tells nothing is there, with everything unknown', async () => {
  const host = await fixtureRoot({ '/sys/devices/block/ram0': null, '/sys/dev/block/1:0': link('ram0') });
  expect(await readBlockDevice(1, 0, host)).toEqual({
    name: 'ram0',
    model: null,
    scheduler: null,
    schedulers: [],
    honoursIdlePriority: null,
    readAheadKb: null,
    maxSectorsKb: null,
    rotational: null,
    queueDepth: null,
    members: [],
  });
});

test('anonymous devices, absent ones and a host without /sys are null', async () => {
  const host = await fixtureRoot({ '/sys/dev/block/0:35/inflight': '1 1', '/sys/devices/block/sda': null });
  expect(await readBlockDevice(0, 35, host)).toBeNull();
  expect(await readsInFlight(0, 35, host)).toBeNull();
  expect(await readBlockDevice(8, 1, host)).toBeNull();
  expect(await readsInFlight(8, 1, await fixtureRoot({}))).toBeNull();
});

test('reads in flight are the first number', async () => {
  const host = await fixtureRoot({ ...disk('sda', 'none'), '/sys/dev/block/8:0': link('sda') });
  expect(await readsInFlight(8, 0, host)).toBe(3);
  expect(parseReadsInFlight('')).toBeNull();
  expect(parseReadsInFlight('x 1')).toBeNull();
});
