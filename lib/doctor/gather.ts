import type { BudgetOptions } from '../budget/index.ts';
import { WarmsetError } from '../errors.ts';
import {
  type HostOptions,
  type PressureResource,
  readCapabilities,
  readCgroupMemory,
  readMachineModel,
  readMeminfo,
  readPressure,
  readProcesses,
  readProcessLimits,
  readSwappiness,
  readTransparentHugePages,
} from '../host/index.ts';
import { features, type JobOptions } from '../native/index.ts';
import type { WarmSet } from '../targets/index.ts';
import { gatherSet } from './gather-set.ts';
import type { NativeReading, Readings } from './readings.ts';

export interface GatherOptions extends HostOptions, JobOptions {
  /** The budget to hold the set against. @default that of `warm` */
  readonly budget?: BudgetOptions | undefined;
}

/**
 * Collects what the checks look at: reads files of `/proc` and `/sys`, asks the kernel what it offers, and measures
 * the set's residency. Changes nothing and reads nothing of the files. A reading that fails is a `null`, not an end.
 */
export async function gather(set: WarmSet | undefined, options: GatherOptions = {}): Promise<Readings> {
  const native = readNative();
  const [capabilities, limits, memory, swappiness, cgroups, hugePages, pressure, processes, machine, ofSet] =
    await Promise.all([
      readCapabilities('self', options),
      readProcessLimits('self', options),
      readMeminfo(options),
      readSwappiness(options),
      readCgroupMemory('self', options),
      readTransparentHugePages(options),
      readPressures(options),
      readProcesses(options),
      readMachineModel(options),
      set === undefined ? null : gatherSet(set, native.state === 'loaded', options),
    ]);
  const euid = process.geteuid?.() ?? null;
  const budgetOptions = options.budget ?? {};
  return {
    ...{ native, euid, capabilities, limits, memory, swappiness, cgroups, budgetOptions },
    ...{ hugePages, pressure, processes, machine, set: ofSet },
  };
}

function readNative(): NativeReading {
  try {
    return { state: 'loaded', features: features() };
  } catch (error) {
    if (!WarmsetError.is(error)) throw error;
    return { state: 'failed', message: error.message, remedy: error.remedy ?? null };
  }
}

async function readPressures(options: HostOptions): Promise<Readonly<Record<PressureResource, boolean>>> {
  const has = async (resource: PressureResource): Promise<boolean> =>
    (await readPressure(resource, options)) !== null;
  const [cpu, io, memory] = await Promise.all([has('cpu'), has('io'), has('memory')]);
  return { cpu, io, memory };
}
