import { expect, test } from 'vitest';
import { readCgroupMemory } from '../../../lib/host/cgroup-memory.ts';
import { fixtureRoot } from './fixture-root.ts';

const MiB = 2 ** 20;
const V2_MOUNT = '41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
const V1_MOUNT = '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory';
const UNLIMITED = '9223372036854771712\n';

function v2(path: string, max: string, high: string, current: number, stat = ''): Record<string, string> {
  const directory = `/sys/fs/cgroup${path}`;
  return {
    [`${directory}/memory.max`]: `${max}\n`,
    [`${directory}/memory.high`]: `${high}\n`,
    [`${directory}/memory.current`]: `${current}\n`,
    [`${directory}/memory.stat`]: stat,
    [`${directory}/cgroup.events`]: 'populated 1\n',
  };
}

function v1(path: string, limit: string, usage: number, stat = '', hierarchy = '1'): Record<string, string> {
  const directory = `/sys/fs/cgroup/memory${path}`;
  return {
    [`${directory}/memory.limit_in_bytes`]: limit,
    [`${directory}/memory.usage_in_bytes`]: `${usage}\n`,
    [`${directory}/memory.stat`]: stat,
    [`${directory}/memory.use_hierarchy`]: `${hierarchy}\n`,
  };
}

test('v2: every ancestor up to the root, which has no memory files of its own', async () => {
  const host = await fixtureRoot({
    '/proc/7/cgroup': '0::/pod/app\n',
    '/proc/self/mountinfo': V2_MOUNT,
    '/sys/fs/cgroup/memory.stat': 'inactive_file 1\n',
    ...v2(
      '/pod',
      `${64 * MiB}`,
      `${32 * MiB}`,
      9 * MiB,
      `inactive_file ${MiB}\nactive_file ${MiB}\nfile_dirty 4096\n`,
    ),
    ...v2('/pod/app', 'max', 'max', 5 * MiB),
  });
  expect(await readCgroupMemory(7, host)).toEqual({
    state: 'known',
    version: 2,
    gaps: [],
    cgroups: [
      {
        path: '/sys/fs/cgroup/pod/app',
        version: 2,
        limit: null,
        limitFile: null,
        current: 5 * MiB,
        reclaimableFile: 0,
      },
      {
        path: '/sys/fs/cgroup/pod',
        version: 2,
        limit: 32 * MiB,
        limitFile: 'memory.high',
        current: 9 * MiB,
        reclaimableFile: 2 * MiB - 4096,
      },
    ],
  });
});

test('v2: a level without the memory controller is passed over, the ones above it still count', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '0::/pod/app\n',
    '/proc/self/mountinfo': V2_MOUNT,
    '/sys/fs/cgroup/pod/app': null,
    ...v2('/pod', `${MiB}`, 'max', 0),
  });
  expect(await readCgroupMemory('self', host)).toMatchObject({ gaps: [], cgroups: [{ limit: MiB }] });
});

test('v2 in a container: what lies above the mount is a gap, in words', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '0::/\n',
    '/proc/self/mountinfo': V2_MOUNT,
    ...v2('', `${MiB}`, 'max', 4096),
  });
  expect(await readCgroupMemory('self', host)).toMatchObject({
    cgroups: [{ path: '/sys/fs/cgroup', limit: MiB, limitFile: 'memory.max' }],
    gaps: ['cgroups above /sys/fs/cgroup are out of sight'],
  });
});

test('v2: levels that have no visible names are a gap; the ancestor that has one still counts', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '0::/\n',
    '/proc/self/mountinfo': V2_MOUNT.replace(' / ', ' /../.. '),
    ...v2('', `${MiB}`, 'max', 4096),
  });
  expect(await readCgroupMemory('self', host)).toMatchObject({
    cgroups: [{ limit: MiB }],
    gaps: [expect.stringContaining('no visible names'), expect.stringContaining('out of sight')],
  });
});

test('v1: limits, usage and totals of every level', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '4:memory:/docker/abc\n0::/\n',
    '/proc/self/mountinfo': V1_MOUNT,
    '/sys/fs/cgroup/memory/cgroup.sane_behavior': '0\n',
    ...v1('', UNLIMITED, 90 * MiB),
    ...v1('/docker', UNLIMITED, 80 * MiB),
    ...v1('/docker/abc', `${64 * MiB}\n`, 8 * MiB, `total_inactive_file ${MiB}\ninactive_file 4096\n`),
  });
  expect(await readCgroupMemory('self', host)).toMatchObject({
    state: 'known',
    version: 1,
    gaps: [],
    cgroups: [
      { limit: 64 * MiB, limitFile: 'memory.limit_in_bytes', current: 8 * MiB, reclaimableFile: MiB },
      { limit: null, limitFile: null, current: 80 * MiB },
      { limit: null, current: 90 * MiB },
    ],
  });
});

test('v1 in a container: the lowest limit above the mount is known though its cgroup is out of sight', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '4:memory:/docker/abc\n',
    '/proc/self/mountinfo': V1_MOUNT.replace(' / ', ' /docker/abc '),
    ...v1('', UNLIMITED, 8 * MiB, `hierarchical_memory_limit ${32 * MiB}\n`),
  });
  expect(await readCgroupMemory('self', host)).toMatchObject({
    cgroups: [{ limit: 32 * MiB, limitFile: 'hierarchical_memory_limit' }],
    gaps: ['cgroups above /sys/fs/cgroup/memory are out of sight'],
  });
});

test('v1 without use_hierarchy: ancestors are not charged, and the plain counters hold', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '4:memory:/a/b\n',
    '/proc/self/mountinfo': V1_MOUNT,
    '/sys/fs/cgroup/memory/cgroup.sane_behavior': '0\n',
    ...v1('', UNLIMITED, 0, '', '0'),
    ...v1('/a', '4096\n', 4096, '', '0'),
    ...v1('/a/b', `${MiB}\n`, MiB, `total_inactive_file ${MiB}\ninactive_file 8192\n`, '0'),
  });
  expect(await readCgroupMemory('self', host)).toMatchObject({
    cgroups: [{ path: '/sys/fs/cgroup/memory/a/b', limit: MiB, reclaimableFile: 8192 }],
  });
});

test('reclaimable is never more than what is charged, and unreadable usage is null', async () => {
  const files = v2('/a', `${MiB}`, 'max', 4096, `inactive_file ${MiB}\n`);
  const host = { '/proc/self/cgroup': '0::/a\n', '/proc/self/mountinfo': V2_MOUNT };
  expect(await readCgroupMemory('self', await fixtureRoot({ ...host, ...files }))).toMatchObject({
    cgroups: [{ current: 4096, reclaimableFile: 4096 }],
  });
  const { '/sys/fs/cgroup/a/memory.current': _, ...without } = files;
  expect(await readCgroupMemory('self', await fixtureRoot({ ...host, ...without }))).toMatchObject({
    cgroups: [{ limit: MiB, current: null, reclaimableFile: 0 }],
  });
});

test('a directory that is not there and a garbled limit are gaps, not the absence of a limit', async () => {
  const host = await fixtureRoot({
    '/proc/self/cgroup': '0::/a/gone\n',
    '/proc/self/mountinfo': V2_MOUNT,
    ...v2('/a', 'lots', 'max', 0),
  });
  expect(await readCgroupMemory('self', host)).toEqual({
    state: 'known',
    version: 2,
    cgroups: [],
    gaps: [
      "/sys/fs/cgroup/a/gone can't be read: ENOENT",
      "/sys/fs/cgroup/a can't be read: memory.max is no number",
    ],
  });
});

test('no /proc, no /sys, no controller: unknown or none, with the reason', async () => {
  expect(await readCgroupMemory('self', await fixtureRoot({}))).toEqual({
    state: 'unknown',
    reason: "/proc/self/cgroup can't be read: ENOENT",
  });
  expect(await readCgroupMemory('self', await fixtureRoot({ '/proc/self/cgroup': '0::/\n' }))).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining("isn't mounted"),
  });
  expect(
    await readCgroupMemory('self', await fixtureRoot({ '/proc/self/cgroup': '5:cpu:/\n' })),
  ).toMatchObject({
    state: 'none',
  });
});
