import { expect, test } from 'vitest';
import { whatItMeans } from '../../../../lib/storage/inspect/inspect.ts';
import type { DeviceNode, KnownPlace, Queue } from '../../../../lib/storage/inspect/types.ts';

const QUEUE: Queue = {
  scheduler: 'bfq',
  schedulers: ['bfq'],
  honoursIdlePriority: true,
  readAheadKb: 4096,
  maxSectorsKb: 1280,
  rotational: false,
  depth: 64,
  dax: false,
};

const DEVICE: DeviceNode = {
  name: 'sda',
  kind: 'disk',
  number: '8:0',
  label: null,
  sizeBytes: 1,
  virtual: false,
  numaNode: null,
  queue: QUEUE,
  array: null,
  loop: null,
  nvme: null,
  backing: null,
  members: [],
};

const PLACE: KnownPlace = {
  state: 'known',
  role: 'target',
  path: '/m',
  realPath: '/m',
  mount: { point: '/m', source: '/dev/sda', options: ['rw'], superOptions: ['rw'], device: '8:0' },
  part: null,
  filesystem: {
    name: 'xfs',
    kind: 'disk',
    largeFolios: { ability: 'yes', why: '' },
    reflinks: { ability: 'yes', why: '' },
  },
  space: { totalBytes: 100, freeBytes: 50, availableBytes: 50, inodes: 100, freeInodes: 50 },
  readAhead: null,
  layers: [],
  device: DEVICE,
};

const filesystem = (name: string, kind: KnownPlace['filesystem']['kind']): KnownPlace => ({
  ...PLACE,
  device: null,
  filesystem: { ...PLACE.filesystem, name, kind },
});
const mounted = (name: string, ...options: string[]): KnownPlace => ({
  ...PLACE,
  filesystem: { ...PLACE.filesystem, name },
  mount: { ...PLACE.mount, superOptions: options },
});
const on = (over: Partial<DeviceNode>): KnownPlace => ({ ...PLACE, device: { ...DEVICE, ...over } });
const queued = (over: Partial<Queue>): KnownPlace => on({ queue: { ...QUEUE, ...over } });
const path = { controller: 'nvme0', address: 'a', anaState: null, scheduler: null, numaNode: null };

test.each([
  ['an ordinary disk', PLACE, ['idle-honoured']],
  [
    'a scheduler that ignores the class',
    queued({ scheduler: 'none', honoursIdlePriority: false }),
    ['idle-ignored'],
  ],
  ['a scheduler that nobody knows', queued({ honoursIdlePriority: null }), []],
  ['the usual read-ahead', queued({ readAheadKb: 128 }), ['read-ahead-small', 'idle-honoured']],
  ['a disk that rotates', queued({ rotational: true }), ['rotational', 'idle-honoured']],
  [
    'a virtual disk that says so',
    on({ virtual: true, queue: { ...QUEUE, rotational: true } }),
    ['rotational-virtual', 'idle-honoured'],
  ],
  ['a device with DAX', queued({ dax: true }), ['idle-honoured', 'dax-device']],
  ['a mount with DAX', mounted('xfs', 'dax=always'), ['dax', 'idle-honoured']],
  ['a mount that never uses it', mounted('xfs', 'dax=never'), ['idle-honoured']],
  ['btrfs that compresses', mounted('btrfs', 'compress-force=zstd:3'), ['compressed', 'idle-honoured']],
  ['NFS', filesystem('nfs4', 'remote'), ['remote']],
  ['an overlay', filesystem('overlay', 'stacked'), ['overlay']],
  ['memory', filesystem('tmpfs', 'memory'), ['memory']],
  ['ZFS', filesystem('zfs', 'zfs'), ['zfs']],
  ['nobody knows what', filesystem('odd', 'unknown'), ['filesystem-unknown']],
  ['LUKS', on({ kind: 'crypt' }), ['crypt', 'idle-honoured']],
  [
    'a loop device with a cache of its own',
    on({ kind: 'loop', loop: { directIo: false, offsetBytes: 0 } }),
    ['loop-cached-twice', 'idle-honoured'],
  ],
  [
    'an array that is being repaired',
    on({ kind: 'md', array: { level: 'raid5', state: 'clean', degraded: 1, syncAction: 'recover' } }),
    ['array-degraded', 'array-busy', 'idle-honoured'],
  ],
  [
    'an array that is well',
    on({ kind: 'md', array: { level: 'raid5', state: 'clean', degraded: 0, syncAction: 'idle' } }),
    ['idle-honoured'],
  ],
  [
    'NVMe over a network with a dead path',
    on({
      nvme: {
        subsystem: null,
        namespaceId: 1,
        ioPolicy: null,
        paths: [
          { ...path, transport: 'tcp', state: 'live' },
          { ...path, transport: 'tcp', state: 'connecting' },
        ],
      },
    }),
    ['nvme-path-down', 'nvmeof', 'nvme-multipath', 'idle-honoured'],
  ],
  [
    'local NVMe',
    on({
      nvme: {
        subsystem: null,
        namespaceId: 1,
        ioPolicy: null,
        paths: [{ ...path, transport: 'pcie', state: 'live' }],
      },
    }),
    ['idle-honoured'],
  ],
  [
    'no space and no inodes',
    { ...PLACE, space: { totalBytes: 100, freeBytes: 4, availableBytes: 4, inodes: 100, freeInodes: 4 } },
    ['space-low', 'inodes-low', 'idle-honoured'],
  ],
  [
    'a read-only image, full by design',
    {
      ...PLACE,
      mount: { ...PLACE.mount, options: ['ro'] },
      space: { totalBytes: 100, freeBytes: 0, availableBytes: 0, inodes: null, freeInodes: null },
    },
    ['idle-honoured'],
  ],
  [
    'an old kernel',
    { ...PLACE, filesystem: { ...PLACE.filesystem, largeFolios: { ability: 'no', why: 'old' } } },
    ['small-folios', 'idle-honoured'],
  ],
] as const)('%s', (_what, place, expected) => {
  expect(whatItMeans(place).map(({ id }) => id)).toEqual(expected);
});

test('what several layers share is said once', () => {
  const layer = { ...PLACE, role: 'lower' } as const;
  const overlay = { ...filesystem('overlay', 'stacked'), layers: [layer, { ...layer, path: '/n' }] };
  expect(whatItMeans(overlay).map(({ id }) => id)).toEqual(['overlay', 'idle-honoured']);
  const hidden = { state: 'hidden', role: 'lower', path: '/x', why: 'gone' } as const;
  expect(whatItMeans({ ...overlay, layers: [hidden] }).map(({ id }) => id)).toEqual(['overlay', 'hidden']);
});
