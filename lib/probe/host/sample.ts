import { readHostTextOrNull } from '../../host/host-file.ts';
import {
  type DiskStats,
  type HostOptions,
  readDiskstats,
  readMeminfo,
  readPressure,
  readVmstat,
} from '../../host/index.ts';
import { type CpuTicks, parseCpuTicks } from './cpu.ts';
import type { GpuSample, HostSample } from './types.ts';

const SECTOR = 512;

/** One look at the host. What can't be read is `null`. */
export async function sampleHost(
  atMs: number,
  gpus: readonly GpuSample[],
  options: HostOptions = {},
): Promise<HostSample> {
  const [stat, meminfo, vmstat, disks, cpu, io, memory] = await Promise.all([
    readHostTextOrNull('/proc/stat', options),
    readMeminfo(options),
    readVmstat(options),
    readDiskstats(options),
    readPressure('cpu', options),
    readPressure('io', options),
    readPressure('memory', options),
  ]);
  const ticks: CpuTicks | null = parseCpuTicks(stat ?? '');
  return {
    atMs,
    cpu: ticks && { total: ticks.total, busy: ticks.busy, waiting: ticks.waiting },
    processors: ticks && ticks.processors > 0 ? ticks.processors : null,
    diskReadBytes:
      disks.size === 0
        ? null
        : wholeDisks(disks.values()).reduce((sum, disk) => sum + disk.sectorsRead * SECTOR, 0),
    cached: meminfo.cached,
    memAvailable: meminfo.memAvailable,
    majorFaults: vmstat.majorFaults,
    stalledUs: {
      cpu: cpu?.some?.totalUs ?? null,
      io: io?.some?.totalUs ?? null,
      memory: memory?.some?.totalUs ?? null,
    },
    gpus,
  };
}

/**
 * Each byte once: without partitions, which their disks count, too, and without what is stacked on disks (dm, md, loop,
 * bcache, zram) or is one path of several to a disk.
 */
export function wholeDisks(disks: Iterable<DiskStats>): readonly DiskStats[] {
  const all = [...disks];
  const names = new Set(all.map(({ name }) => name));
  return all.filter(({ name }) => {
    if (/^(dm-|md|loop|zram|ram|bcache|sr|fd|nvme\d+c\d+n)/.test(name)) return false;
    const disk = /^(.*\d)p\d+$/.exec(name)?.[1] ?? /^(.*?[a-z])\d+$/.exec(name)?.[1];
    return disk === undefined || !names.has(disk);
  });
}
