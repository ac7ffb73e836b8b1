import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findMount, type Mount, parseMountinfo, readMounts } from '../../../lib/host/mountinfo.ts';
import { fixtureRoot } from './fixture-root.ts';

const ROOT = '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard';

function mount(id: number, parentId: number, mountPoint: string): Mount {
  return {
    id,
    parentId,
    major: 8,
    minor: id,
    root: '/',
    mountPoint,
    options: [],
    fsType: 'ext4',
    source: '/dev/sda',
    superOptions: [],
  };
}

describe('parseMountinfo', () => {
  test('takes a line apart', () => {
    expect(
      parseMountinfo('35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n'),
    ).toEqual([
      {
        id: 35,
        parentId: 31,
        major: 0,
        minor: 32,
        root: '/docker/abc',
        mountPoint: '/sys/fs/cgroup/memory',
        options: ['ro', 'nosuid'],
        fsType: 'cgroup',
        source: 'cgroup',
        superOptions: ['rw', 'memory'],
      },
    ]);
  });

  test('finds the filesystem after none, one and several optional fields', () => {
    for (const optional of ['', 'shared:1 ', 'shared:1 master:2 propagate_from:3 unbindable ']) {
      const [only] = parseMountinfo(`36 35 98:0 / /mnt rw ${optional}- xfs /dev/sdb rw`);
      expect(only).toMatchObject({ fsType: 'xfs', source: '/dev/sdb', superOptions: ['rw'] });
    }
  });

  test('a hyphen as root, mount point or source does not shift the fields', () => {
    expect(parseMountinfo('1 0 8:1 /- /- rw - ext4 - rw')[0]).toMatchObject({
      root: '/-',
      fsType: 'ext4',
      source: '-',
    });
  });

  test('decodes octal escapes, multi-byte characters and backslashes included', () => {
    const [only] = parseMountinfo(
      String.raw`1 0 8:1 /a\011b /mnt/with\040space\134040/\303\251 rw - ext4 /dev/a\043b rw`,
    );
    expect(only).toMatchObject({ root: '/a\tb', mountPoint: '/mnt/with space\\040/é', source: '/dev/a#b' });
  });

  test('an empty source keeps its place', () => {
    expect(parseMountinfo('1 0 0:5 / /x rw - tmpfs  rw,size=4k')[0]).toMatchObject({
      source: '',
      superOptions: ['rw', 'size=4k'],
    });
  });

  test('passes over what is not a mount', () => {
    const text = `\nnonsense\n1 2 3\n1 0 8:1 / / rw ext4 /dev/a rw\n1 0 8:1 / / - ext4 a rw\nx 0 8:1 / / rw - ext4 a rw\n1 0 8 / / rw - ext4 a rw\n${ROOT}`;
    expect(parseMountinfo(text).map(({ id }) => id)).toEqual([27]);
  });

  test('never throws, and reads back whatever the kernel may escape', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseMountinfo(text)));
    const encodeOctal = (text: string): string =>
      text.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\\', '#', '0', '4', '-', 'a', 'é', ',') }),
        (name) => {
          const [only] = parseMountinfo(`1 0 8:1 / ${encodeOctal(`/${name}`)} rw - ext4 a rw`);
          expect(only?.mountPoint).toBe(`/${name}`);
        },
      ),
    );
  });
});

describe('findMount', () => {
  const mounts = [mount(1, 0, '/'), mount(2, 1, '/models'), mount(3, 2, '/models/hf')];

  test.each([
    ['/', 1],
    ['/etc/x', 1],
    ['/models', 2],
    ['/models/a', 2],
    ['/modelsx/a', 1],
    ['/models/hf/blobs/1', 3],
  ])('%s lies on mount %i', (path, id) => {
    expect(findMount(mounts, path)?.id).toBe(id);
  });

  test('of two mounts at one point the later is on top', () => {
    expect(findMount([...mounts, mount(4, 2, '/models')], '/models/a')?.id).toBe(4);
  });

  test('a mount under a later one is out of reach even though its mount point is longer', () => {
    expect(findMount([...mounts, mount(4, 2, '/models')], '/models/hf/a')?.id).toBe(4);
    expect(findMount([mount(1, 0, '/'), mount(2, 1, '/a/b'), mount(3, 1, '/a')], '/a/b/c')?.id).toBe(3);
  });

  test('a root mounted over the root wins', () => {
    expect(findMount([mount(1, 0, '/'), mount(2, 1, '/'), mount(3, 2, '/models')], '/models/a')?.id).toBe(3);
  });

  test('works without a listed root, as in a chroot', () => {
    expect(findMount(mounts.slice(1), '/models/hf/a')?.id).toBe(3);
    expect(findMount(mounts.slice(1), '/etc')).toBeNull();
    expect(findMount([], '/etc')).toBeNull();
  });

  test('ends on any tree and answers with a mount above the path', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 })
      .map((names) => `/${names.join('/')}`);
    const tree = fc.array(
      fc.tuple(fc.nat(5), fc.nat(5), path).map(([id, parent, at]) => mount(id, parent, at)),
    );
    fc.assert(
      fc.property(tree, path, (mounts, path) => {
        const found = findMount(mounts, path);
        if (found !== null) expect(`${path}/`.startsWith(found.mountPoint)).toBe(true);
      }),
    );
  });
});

test('reads the running kernel, a fixture and nothing', async () => {
  expect(findMount(await readMounts(), '/proc/self')?.fsType).toBe('proc');
  expect(await readMounts(await fixtureRoot({ '/proc/self/mountinfo': ROOT }))).toHaveLength(1);
  expect(await readMounts(await fixtureRoot({}))).toEqual([]);
});
