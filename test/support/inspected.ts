import type { DeviceNode, StorageInspection } from '../../lib/storage/inspect/index.ts';

const QUEUE: DeviceNode['queue'] = {
  scheduler: 'none',
  schedulers: ['none', 'mq-deadline'],
  honoursIdlePriority: false,
  readAheadKb: 128,
  maxSectorsKb: 1280,
  rotational: false,
  depth: 1023,
  dax: false,
};

const DEVICE: DeviceNode = {
  ...{ name: 'nvme0n1', kind: 'nvme', number: '259:0', label: 'Test', sizeBytes: 2 ** 40 },
  ...{ virtual: false, numaNode: 0, queue: QUEUE, array: null, loop: null, backing: null, members: [] },
  nvme: {
    subsystem: 'nqn.2026-11.test.warmset:models',
    namespaceId: 1,
    ioPolicy: 'numa',
    paths: [
      {
        ...{ controller: 'nvme0', transport: 'tcp', address: 'traddr=10.0.0.7', state: 'live' },
        ...{ anaState: 'optimized', scheduler: null, numaNode: 0 },
      },
    ],
  },
};

/** What lies on an array of disks over a fabric, which few machines have. */
export const INSPECTED: StorageInspection = {
  findings: [],
  place: {
    ...{ state: 'known', role: 'target', path: '/models', realPath: '/models' },
    mount: {
      ...{ point: '/models', source: '/dev/md0', options: ['rw'], superOptions: ['rw'], device: '9:0' },
    },
    part: null,
    filesystem: {
      ...{ name: 'ext4', kind: 'disk' },
      largeFolios: { ability: 'yes', why: 'ext4 since 6.16' },
      reflinks: { ability: 'no', why: 'ext4 has none' },
    },
    ...{ space: null, readAhead: null, layers: [] },
    device: {
      ...DEVICE,
      ...{ name: 'md0', kind: 'md', number: '9:0', label: 'raid1', nvme: null, members: [DEVICE] },
      array: { level: 'raid1', state: 'clean', degraded: 0, syncAction: 'idle' },
    },
  },
};
