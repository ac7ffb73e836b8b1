import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findMemoryCgroup } from '../../../lib/host/cgroup-membership.ts';
import { parseMountinfo } from '../../../lib/host/mountinfo.ts';

const V1 = (root: string, point = '/sys/fs/cgroup/memory', id = 35): string =>
  `${id} 31 0:32 ${root} ${point} rw - cgroup cgroup rw,memory`;
const V2 = (root: string, point = '/sys/fs/cgroup', id = 41): string =>
  `${id} 31 0:38 ${root} ${point} rw - cgroup2 cgroup2 rw,nsdelegate`;
const find = (cgroups: string, ...mounts: string[]) =>
  findMemoryCgroup(cgroups, parseMountinfo(mounts.join('\n')));
const at = (
  version: 1 | 2,
  directory: string,
  mountPoint: string,
  state: 'known' | 'ancestor' = 'known',
) => ({
  state,
  version,
  directory,
  mountPoint,
});

describe('v2', () => {
  test('on a host', () => {
    expect(find('0::/system.slice/vllm.service', V2('/'))).toEqual(
      at(2, '/sys/fs/cgroup/system.slice/vllm.service', '/sys/fs/cgroup'),
    );
  });

  test('in a cgroup namespace of its own', () => {
    expect(find('0::/', V2('/'))).toEqual(at(2, '/sys/fs/cgroup', '/sys/fs/cgroup'));
  });

  test("in a container with the host's cgroup namespace: the mount shows the container's own part", () => {
    expect(find('0::/docker/abc/job', V2('/docker/abc'))).toEqual(
      at(2, '/sys/fs/cgroup/job', '/sys/fs/cgroup'),
    );
  });

  test('in a namespace below its mount: only an ancestor can be named', () => {
    expect(find('0::/job', V2('/../..'))).toEqual(at(2, '/sys/fs/cgroup', '/sys/fs/cgroup', 'ancestor'));
  });

  test('beside the namespace root, through a mount that reaches it', () => {
    expect(find('0::/../other', V2('/..'))).toEqual(at(2, '/sys/fs/cgroup/other', '/sys/fs/cgroup'));
  });

  test.each([
    ['outside the namespace', '0::/../other', V2('/')],
    ['outside the mount', '0::/docker/other', V2('/docker/abc')],
    ['a sibling that shares a prefix of the name', '0::/docker/abcd', V2('/docker/abc')],
    ['above the mount', '0::/docker', V2('/docker/abc')],
    ['a mount of unrelated depth', '0::/job', V2('/../other')],
    ['no mount at all', '0::/job', '27 1 254:0 / / rw - ext4 /dev/vda rw'],
  ])('%s: unknown, never a wrong directory', (_, cgroups, mount) => {
    expect(find(cgroups, mount)).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('cgroup v2'),
    });
  });
});

describe('v1 and hybrid', () => {
  const HYBRID = '5:cpu,cpuacct:/a\n4:memory:/process_api/b0\n1:name=systemd:/c\n0::/d\n';

  test('memory on v1 wins over a v2 hierarchy that is mounted without it', () => {
    expect(find(HYBRID, V1('/'), V2('/', '/sys/fs/cgroup/unified'))).toEqual(
      at(1, '/sys/fs/cgroup/memory/process_api/b0', '/sys/fs/cgroup/memory'),
    );
  });

  test('memory on v1 without its mount is unknown, not the v2 path', () => {
    expect(find(HYBRID, V2('/', '/sys/fs/cgroup/unified'))).toMatchObject({ state: 'unknown' });
  });

  test('memory on v2 beside v1 hierarchies for other controllers', () => {
    expect(find('5:cpu:/a\n0::/d', V2('/', '/sys/fs/cgroup/unified'))).toEqual(
      at(2, '/sys/fs/cgroup/unified/d', '/sys/fs/cgroup/unified'),
    );
  });

  test('in a container without a cgroup namespace', () => {
    expect(find('4:memory:/docker/abc', V1('/docker/abc'))).toEqual(
      at(1, '/sys/fs/cgroup/memory', '/sys/fs/cgroup/memory'),
    );
  });

  test('controllers mounted together', () => {
    expect(find('4:cpuset,memory:/a', '35 31 0:32 / /cg rw - cgroup cgroup rw,cpuset,memory')).toEqual(
      at(1, '/cg/a', '/cg'),
    );
  });

  test('a controller whose name only contains the word is another one', () => {
    expect(find('4:memory2:/a\n', V1('/'))).toMatchObject({ state: 'none' });
  });

  test('no memory controller anywhere', () => {
    expect(find('5:cpu:/a\n1:name=systemd:/c', V1('/'))).toMatchObject({ state: 'none' });
  });
});

describe('several mounts', () => {
  test('the one that shows most ancestors is taken', () => {
    expect(
      find('0::/pod/app', V2('/pod/app', '/inner'), V2('/', '/host/cgroup', 42), V2('/pod', '/pod', 43)),
    ).toEqual(at(2, '/host/cgroup/pod/app', '/host/cgroup'));
  });

  test('one that lies under a later mount further up is not taken', () => {
    const root = '27 1 254:0 / / rw - ext4 /dev/vda rw';
    const sys = '31 27 0:28 / /sys rw - sysfs sysfs rw';
    const over = '45 31 0:51 / /sys rw - tmpfs tmpfs rw';
    expect(find('0::/app', root, sys, V2('/'))).toMatchObject({ state: 'known' });
    expect(find('0::/app', root, sys, V2('/'), over)).toMatchObject({ state: 'unknown' });
  });

  test('one that is covered by a later mount at the same point is not taken', () => {
    const covered = '44 41 0:50 / /sys/fs/cgroup rw - tmpfs tmpfs rw';
    expect(find('0::/app', V2('/'), covered)).toMatchObject({ state: 'unknown' });
  });
});

test.each(['', '\n', 'garbage', '0:/', ':::', '0::relative'])(
  'text without a cgroup line (%j) is unknown',
  (text) => {
    expect(find(text, V2('/'))).toMatchObject({
      state: 'unknown',
      reason: expect.stringContaining('list of cgroups'),
    });
  },
);

test('a name may hold colons and blanks', () => {
  expect(find('0::/a:b c', V2('/'))).toMatchObject({ directory: '/sys/fs/cgroup/a:b c' });
});

describe('on any text', () => {
  const names = fc.array(fc.constantFrom('..', '.', '', 'a', 'b', 'x y'), { maxLength: 5 });
  const path = names.map((parts) => `/${parts.join('/')}`);

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string(),
        (cgroups, mounts) => void find(cgroups, mounts),
      ),
    );
  });

  test('a directory never leaves the mount that it was found through', () => {
    fc.assert(
      fc.property(path, path, (own, root) => {
        const [mount] = parseMountinfo(V2('/'));
        const found = findMemoryCgroup(`0::${own}`, mount === undefined ? [] : [{ ...mount, root }]);
        if ('directory' in found) expect(`${found.directory}/`.startsWith('/sys/fs/cgroup/')).toBe(true);
      }),
    );
  });

  test('a process below a mount is found at the rest of its path', () => {
    const plain = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 });
    fc.assert(
      fc.property(plain, plain, (top, rest) => {
        const found = find(`0::/${[...top, ...rest].join('/')}`, V2(`/${top.join('/')}`));
        expect(found).toMatchObject({ state: 'known', directory: ['/sys/fs/cgroup', ...rest].join('/') });
      }),
    );
  });
});
