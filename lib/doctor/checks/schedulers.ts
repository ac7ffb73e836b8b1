import {
  type BlockDevice,
  honoursIdlePriority,
  type KernelRelease,
  kindOf,
  parseKernelRelease,
} from '../../host/index.ts';
import { type Finding, note, ok, warning } from '../finding.ts';
import type { FilesystemReading, Readings } from '../readings.ts';
import { disksUnder } from './disks.ts';
import { describe } from './filesystems.ts';

/** Even an honoured idle class only orders what waits: it doesn't bound what a request in the device costs. */
const LIMIT = 'Limit the rate of the fill';

/** Whether each disk under the set lets other readers go before an idle one. */
export function checkSchedulers({ set, native }: Readings): readonly Finding[] {
  const kernel = native.state === 'loaded' ? parseKernelRelease(native.features.kernelRelease) : null;
  const unseen = (set?.filesystems ?? []).filter(
    (filesystem) => filesystem.device === null && kindOf(filesystem) === 'disk',
  );
  return [...disksUnder(set).map((disk) => ofDisk(disk, kernel)), ...unseen.map(ofUnseen)];
}

function ofUnseen(filesystem: FilesystemReading): Finding {
  const evidence = `${describe(filesystem)}: /sys shows no disk for it. Treat it as one that ignores idle priority.`;
  return note('idle-priority', "The disk under some files couldn't be read", evidence, `${LIMIT}.`);
}

function ofDisk(disk: BlockDevice, kernel: KernelRelease | null): Finding {
  const { name } = disk;
  const found = schedulersOf(disk);
  switch (disk.honoursIdlePriority) {
    case true:
      return ok(
        'idle-priority',
        `${name} honours idle priority`,
        `${found}. Requests of the idle class wait for others; what a request already in the device costs a neighbour only a rate limit bounds.`,
      );
    case false:
      return warning(
        'idle-priority',
        `${name} ignores idle priority: only a rate limit protects the neighbours`,
        `${found}, which treats an idle reader like any other.`,
        remedyFor(disk, kernel),
      );
    case null:
      return note(
        'idle-priority',
        `Whether ${name} honours idle priority isn't known`,
        `${found}. Treat it as one that doesn't: only a rate limit protects the neighbours.`,
        `${LIMIT}.`,
      );
  }
}

function schedulersOf(disk: BlockDevice): string {
  return leavesOf(disk)
    .map(({ name, scheduler }) => {
      const file = `/sys/block/${name}/queue/scheduler`;
      return scheduler === null ? `${file} can't be read or marks none` : `${file} is ${scheduler}`;
    })
    .join(', ');
}

function remedyFor(disk: BlockDevice, kernel: KernelRelease | null): string {
  const commands = leavesOf(disk).flatMap(({ name, schedulers, honoursIdlePriority: honours }) => {
    const better = ['mq-deadline', 'bfq'].find(
      (scheduler) => schedulers.includes(scheduler) && honoursIdlePriority(scheduler, kernel) === true,
    );
    return honours === false && better ? [`echo ${better} > /sys/block/${name}/queue/scheduler`] : [];
  });
  if (commands.length === 0) return `${LIMIT}; no scheduler that honours it is offered here.`;
  return `${LIMIT}, or ${commands.join(' && ')} (costs throughput on fast NVMe).`;
}

/** The disks that hold the queue: for a device made of others, those. */
function leavesOf(disk: BlockDevice): readonly BlockDevice[] {
  return disk.members.length === 0 ? [disk] : disk.members.flatMap(leavesOf);
}
