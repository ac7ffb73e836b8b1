import { loadavg } from 'node:os';
import {
  findMount,
  findMountDevice,
  readDiskstats,
  readMounts,
  readPressure,
  readProcessIo,
  splitDevice,
} from '../host/index.ts';
import type { WarmSet } from '../targets/index.ts';
import type { Interference } from './types.ts';

/** What the host and this process have counted so far. Null where it isn't told. */
export interface Counters {
  /** Microseconds since boot. */
  readonly stalledUs: {
    readonly cpu: number | null;
    readonly io: number | null;
    readonly memory: number | null;
  };
  readonly deviceBytes: number | null;
  readonly ourBytes: number | null;
  readonly load: number;
}

const SECTOR = 512;

/** The set's device as /proc/diskstats calls it; null for a filesystem without one. */
export async function findDevice(set: WarmSet): Promise<string | null> {
  const first = set.files[0];
  if (first === undefined) return null;
  const { major, minor } = splitDevice(first.dev);
  if (major !== 0) return `${major}:${minor}`;
  const mount = findMount(await readMounts(), first.path);
  const device = mount && (await findMountDevice(mount));
  return device ? `${device.major}:${device.minor}` : null;
}

/** @param device as {@link findDevice} says */
export async function readDeviceBytes(device: string | null): Promise<number | null> {
  if (device === null) return null;
  const stats = (await readDiskstats()).get(device);
  return stats === undefined ? null : stats.sectorsRead * SECTOR;
}

export async function readCounters(device: string | null): Promise<Counters> {
  const [cpu, io, memory, deviceBytes, own] = await Promise.all([
    readPressure('cpu'),
    readPressure('io'),
    readPressure('memory'),
    readDeviceBytes(device),
    // The kernel adds to a parent what a child had read, once it has been waited for.
    readProcessIo(),
  ]);
  return {
    stalledUs: {
      cpu: cpu?.some?.totalUs ?? null,
      io: io?.some?.totalUs ?? null,
      memory: memory?.some?.totalUs ?? null,
    },
    deviceBytes,
    ourBytes: own.readBytes,
    load: loadavg()[0] ?? 0,
  };
}

/** What happened between two readings. */
export function interferenceOf(before: Counters, after: Counters): Interference {
  const stalled = (name: keyof Counters['stalledUs']): number | null => {
    const us = grown(before.stalledUs[name], after.stalledUs[name]);
    return us === null ? null : us / 1000;
  };
  const deviceBytes = grown(before.deviceBytes, after.deviceBytes);
  const ourBytes = grown(before.ourBytes, after.ourBytes);
  return {
    stalledMs: { cpu: stalled('cpu'), io: stalled('io'), memory: stalled('memory') },
    deviceBytes,
    ourBytes,
    othersBytes: deviceBytes === null || ourBytes === null ? null : Math.max(0, deviceBytes - ourBytes),
    load: before.load,
  };
}

/** Null also where a counter went back: the device is another one, or it wrapped. */
function grown(before: number | null, after: number | null): number | null {
  return before === null || after === null || after < before ? null : after - before;
}
