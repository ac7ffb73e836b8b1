import type { GuardReadings } from '../../guard/index.ts';
import {
  type CgroupMemory,
  type HostOptions,
  type Pressure,
  readCgroupMemory,
  readCgroupPressure,
  readMeminfo,
  readPressure,
  readVmstat,
} from '../../host/index.ts';

export type HostReadings = Pick<GuardReadings, 'memory' | 'cgroups' | 'pressure'>;

interface Totals {
  readonly atMs: number;
  readonly swapInPages: number | null;
  readonly stalledUs: Readonly<Record<keyof GuardReadings['pressure'], number | null>>;
}

/** Reads what memory and pressure look like; what only grows is told as what it grew by since the time before. */
export class HostSampler {
  readonly #pageSize: number;
  readonly #options: HostOptions;
  #before: Totals | null = null;

  constructor(pageSize: number, options: HostOptions = {}) {
    this.#pageSize = pageSize;
    this.#options = options;
  }

  /** @param atMs of a monotonic clock */
  async sample(atMs: number): Promise<HostReadings> {
    const options = this.#options;
    const [meminfo, vmstat, memory, io, own] = await Promise.all([
      readMeminfo(options),
      readVmstat(options),
      readPressure('memory', options),
      readPressure('io', options),
      readCgroupMemory('self', options),
    ]);
    const cgroups = own.state === 'known' ? own.cgroups : [];
    const directory = own.state === 'known' && own.version === 2 ? cgroups[0]?.path : undefined;
    const [cgroupMemory, cgroupIo] = await Promise.all(
      (['memory', 'io'] as const).map((resource) =>
        directory === undefined ? null : readCgroupPressure(directory, resource, options),
      ),
    );
    const now: Totals = {
      atMs,
      swapInPages: vmstat.swapInPages,
      stalledUs: {
        memory: stalled(memory),
        io: stalled(io),
        cgroupMemory: stalled(cgroupMemory ?? null),
        cgroupIo: stalled(cgroupIo ?? null),
      },
    };
    const before = this.#before;
    this.#before = now;
    const swapIn = grown(before?.swapInPages, now.swapInPages);
    return {
      memory: {
        availableBytes: meminfo.memAvailable,
        totalBytes: meminfo.memTotal ?? undefined,
        swapInBytes: swapIn === null ? null : swapIn * this.#pageSize,
      },
      cgroups: cgroups.flatMap(toReading),
      pressure: {
        memory: share('memory', before, now),
        io: share('io', before, now),
        cgroupMemory: share('cgroupMemory', before, now),
        cgroupIo: share('cgroupIo', before, now),
      },
    };
  }
}

function stalled(pressure: Pressure | null): number | null {
  return pressure?.some?.totalUs ?? null;
}

function grown(before: number | null | undefined, now: number | null): number | null {
  return before == null || now === null || now < before ? null : now - before;
}

function share(name: keyof Totals['stalledUs'], before: Totals | null, now: Totals): number | null {
  const us = grown(before?.stalledUs[name], now.stalledUs[name]);
  const elapsedUs = (now.atMs - (before?.atMs ?? now.atMs)) * 1000;
  return us === null || elapsedUs <= 0 ? null : Math.min(1, us / elapsedUs);
}

function toReading({ path, limit, current, reclaimableFile }: CgroupMemory): GuardReadings['cgroups'] {
  if (limit === null || current === null) return [];
  return [{ path, limitBytes: limit, headroomBytes: limit - (current - reclaimableFile) }];
}
