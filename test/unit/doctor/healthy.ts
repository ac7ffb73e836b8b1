import type { FilesystemReading, Readings, SetReadings } from '../../../lib/doctor/index.ts';
import type { BlockDevice, CgroupMemory, RunningProcess } from '../../../lib/host/index.ts';
import type { Features } from '../../../lib/native/index.ts';

export const GIB = 2 ** 30;

const FEATURES: Features = {
  kernelRelease: '6.18.1-test',
  pageSize: 4096,
  cachestat: 'available',
  populateRead: 'available',
  nowaitReads: 'available',
  ioPriority: 'available',
};

/** A host on which nothing is to be said against warming, and what a test says otherwise. */
export function readings(changes: Partial<Readings> = {}): Readings {
  return {
    native: native(),
    euid: 0,
    capabilities: new Set(['CAP_FOWNER', 'CAP_IPC_LOCK']),
    limits: { lockedMemory: { soft: 65_536, hard: 65_536 }, openFiles: null },
    memory: memory(),
    swappiness: 60,
    cgroups: { state: 'known', version: 2, cgroups: [], gaps: [] },
    budgetOptions: {},
    hugePages: 'madvise',
    pressure: { cpu: true, io: true, memory: true },
    processes: { processes: [], unread: 0 },
    machine: { board: null, gpus: [] },
    set: null,
    ...changes,
  };
}

export function native(changes: Partial<Features> = {}): Readings['native'] {
  return { state: 'loaded', features: { ...FEATURES, ...changes } };
}

export function memory(changes: Partial<Readings['memory']> = {}): Readings['memory'] {
  const unset = { memFree: null, buffers: null, cached: null, activeFile: null, inactiveFile: null };
  const rest = { unevictable: null, mlocked: null, dirty: null, writeback: null, mapped: null, shmem: null };
  const sizes = { memTotal: 64 * GIB, memAvailable: 60 * GIB, swapTotal: 0, swapFree: 0 };
  return { ...unset, ...rest, ...sizes, ...changes };
}

/** A set of one file of so many bytes on the given filesystems. */
export function setOf(size: number, changes: Partial<SetReadings> = {}): SetReadings {
  const file = { path: '/models/a', dev: 0xfe00n, ino: 1n, size };
  const skipped = { sockets: 0, fifos: 0, devices: 0, danglingLinks: 0, duplicates: 0 };
  return {
    set: { files: [file], failures: [], skipped, size },
    filesystems: [filesystem({ bytes: size })],
    measured: { files: 1, unknown: [] },
    ...changes,
  };
}

export function filesystem(changes: Partial<FilesystemReading> = {}): FilesystemReading {
  return {
    name: 'xfs',
    mountPoint: '/models',
    files: 1,
    bytes: GIB,
    daxFiles: 0,
    device: disk(),
    readAhead: { kib: 4096, file: '/sys/block/sda/queue/read_ahead_kb' },
    folios: null,
    ...changes,
  };
}

export function disk(changes: Partial<BlockDevice> = {}): BlockDevice {
  return {
    name: 'sda',
    model: null,
    scheduler: 'mq-deadline',
    schedulers: ['mq-deadline', 'none'],
    honoursIdlePriority: true,
    readAheadKb: 4096,
    maxSectorsKb: 1280,
    rotational: false,
    queueDepth: 256,
    members: [],
    ...changes,
  };
}

export function cgroup(changes: Partial<CgroupMemory> = {}): CgroupMemory {
  const path = '/sys/fs/cgroup/pod';
  const limit = { limit: 4 * GIB, limitFile: 'memory.max' } as const;
  return { path, version: 2, ...limit, current: 2 * GIB, reclaimableFile: GIB, ...changes };
}

export function cgroups(...found: CgroupMemory[]): Readings['cgroups'] {
  return { state: 'known', version: 2, cgroups: found, gaps: [] };
}

/** Processes from their command lines; pids count up from 100. */
export function running(...commandLines: string[]): Readings['processes'] {
  return { processes: commandLines.map((line, index) => program(100 + index, line)), unread: 0 };
}

export function program(pid: number, commandLine: string, parent = 1): RunningProcess {
  const args = commandLine.split(' ');
  return { pid, parent, command: (args[0] ?? '').split('/').at(-1) ?? '', args };
}
