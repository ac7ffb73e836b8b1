import { readFile, stat, statfs } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { filesystemName, readBlockDevice, readTransparentHugePages, splitDevice } from '../lib/host/index.ts';
import type { PeerVersions } from './peers.ts';

/** What the numbers depend on, and nothing that says whose machine it is. */
export interface Machine {
  readonly kernel: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly filesystem: string | null;
  readonly device: {
    readonly model: string | null;
    readonly scheduler: string | null;
    readonly readAheadKb: number | null;
    readonly maxSectorsKb: number | null;
    readonly rotational: boolean | null;
  } | null;
  readonly transparentHugePages: string | null;
  readonly node: string;
  readonly peers: PeerVersions;
}

/** Who else was at work while a kind was measured. */
export interface Noise {
  /** One-minute load averages; the trials themselves are part of the second. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** Share of the CPU time that the hypervisor gave to others; null where it isn't told. */
  readonly stolen: number | null;
}

/** @param directory where the files to read lie */
export async function describeMachine(directory: string, peers: PeerVersions): Promise<Machine> {
  const { dev } = await stat(directory, { bigint: true });
  const { major, minor } = splitDevice(dev);
  const device = await readBlockDevice(major, minor);
  const { type } = await statfs(directory);
  return {
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    filesystem: filesystemName(type),
    device: device && {
      model: device.model,
      scheduler: device.scheduler,
      readAheadKb: device.readAheadKb,
      maxSectorsKb: device.maxSectorsKb,
      rotational: device.rotational,
    },
    transparentHugePages: await readTransparentHugePages(),
    node: process.version,
    peers,
  };
}

interface CpuTimes {
  readonly total: number;
  readonly stolen: number;
}

async function readCpuTimes(): Promise<CpuTimes | null> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '');
  const fields = /^cpu +([\d ]+)/m.exec(text)?.[1]?.split(' ').map(Number);
  // user nice system idle iowait irq softirq steal; guest time is part of user's.
  const stolen = fields?.[7];
  if (!fields || stolen === undefined) return null;
  return { total: fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0), stolen };
}

/** Starts listening; call what it returns when the trials are over. */
export async function listenForNoise(): Promise<() => Promise<Noise>> {
  const loadBefore = loadavg()[0] ?? 0;
  const before = await readCpuTimes();
  return async () => {
    const after = await readCpuTimes();
    const ticks = before && after ? after.total - before.total : 0;
    return {
      loadBefore,
      loadAfter: loadavg()[0] ?? 0,
      stolen: before && after && ticks > 0 ? (after.stolen - before.stolen) / ticks : null,
    };
  };
}
