import { cpus, release, totalmem } from 'node:os';
import { readBudgetReadings } from '../fill/readings.ts';
import {
  filesystemName,
  findMount,
  readBlockDevice,
  readMachineModel,
  readMountReadAhead,
  readMounts,
  readTransparentHugePages,
} from '../host/index.ts';
import { statfsMagic } from '../native/index.ts';
import { pathBytes, type WarmSet } from '../targets/index.ts';
import { findDevice } from './counters.ts';
import type { MachineFacts } from './machine-facts.ts';

/** What the figures of an experiment with these files depend on. */
export async function readMachine(set: WarmSet): Promise<MachineFacts> {
  const first = set.files[0];
  const number = await findDevice(set);
  const [major = 0, minor = 0] = (number ?? '').split(':').map(Number);
  const [device, mounts, model, magic, readings] = await Promise.all([
    number === null ? null : readBlockDevice(major, minor),
    readMounts(),
    readMachineModel(),
    first === undefined ? null : statfsMagic(pathBytes(first)).catch(() => null),
    readBudgetReadings(),
  ]);
  const mount = first === undefined ? null : findMount(mounts, first.path);
  const readAhead = mount && (await readMountReadAhead(mount));
  return {
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    memoryBytes: totalmem(),
    gpus: model.gpus,
    filesystem: magic === null ? null : (filesystemName(magic) ?? null),
    device: device?.name ?? null,
    deviceModel: device?.model ?? null,
    rotational: device?.rotational ?? null,
    scheduler: device?.scheduler ?? null,
    readAheadKb: readAhead?.kib ?? device?.readAheadKb ?? null,
    maxSectorsKb: device?.maxSectorsKb ?? null,
    transparentHugePages: await readTransparentHugePages(),
    cgroupLimitBytes: lowestLimit(readings),
    node: process.version,
  };
}

function lowestLimit({ cgroups }: Awaited<ReturnType<typeof readBudgetReadings>>): number | null {
  const limits = cgroups.flatMap(({ limit }) => (limit === null ? [] : [limit]));
  return limits.length === 0 ? null : Math.min(...limits);
}
