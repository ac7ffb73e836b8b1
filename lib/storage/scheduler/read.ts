import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { WarmsetError } from '../../errors.ts';
import { type BlockDevice, readBlockDevice, splitDevice } from '../../host/index.ts';
import { inspectStorage } from '../inspect/index.ts';
import { everyDevice } from '../inspect/walk.ts';

export interface DeviceScheduler {
  /** The kernel's name of the whole disk. */
  readonly device: string;
  readonly model: string | null;
  /** The one in use; `null`: it has none, or sysfs doesn't tell. */
  readonly scheduler: string | null;
  /** Those it may have. Others may need modprobe. */
  readonly available: readonly string[];
  /** Whether the idle I/O class means anything there; `null`: not known. */
  readonly honoursIdlePriority: boolean | null;
}

/**
 * The I/O schedulers of some disks.
 *
 * @param what a device (`nvme0n1`, `/dev/sda1`) or a path on one; without it all disks but empty loop and RAM disks
 * @throws WarmsetError `WARMSET_STORAGE` where no disk is to be found
 */
export async function readDeviceSchedulers(what?: string): Promise<readonly DeviceScheduler[]> {
  const numbers = what === undefined ? await everyDisk() : await disksOf(what);
  const found = new Map<string, DeviceScheduler>();
  for (const number of numbers) {
    const disk = await readBlockDevice(number.major, number.minor);
    for (const one of disk === null ? [] : leaves(disk)) found.set(one.name, toScheduler(one));
  }
  if (found.size > 0) return [...found.values()];
  throw new WarmsetError('WARMSET_STORAGE', `${what ?? 'this machine'} has no disk with an I/O scheduler`, {
    subject: what ?? '/sys/block',
    remedy: 'name a disk such as nvme0n1, or a path on one; network filesystems have none here',
  });
}

interface Numbers {
  readonly major: number;
  readonly minor: number;
}

async function everyDisk(): Promise<readonly Numbers[]> {
  const names = await readdir('/sys/block').catch((): string[] => []);
  const disks: Numbers[] = [];
  for (const name of names) {
    const size = await readFile(`/sys/block/${name}/size`, 'utf8').catch(() => '0');
    if (Number(size) === 0 || name.startsWith('ram')) continue;
    disks.push(...(await byName(name)));
  }
  return disks;
}

async function disksOf(what: string): Promise<readonly Numbers[]> {
  const name = what.startsWith('/dev/') ? basename(what) : what;
  if (!name.includes('/')) {
    const named = await byName(name);
    if (named.length > 0) return named;
  }
  // Also what a name below /dev/mapper leads to.
  const facts = await stat(what, { bigint: true }).catch(() => null);
  if (facts?.isBlockDevice()) return [splitDevice(facts.rdev)];
  const [inspection] = await inspectStorage([what]);
  const devices = inspection === undefined ? [] : everyDevice(inspection.place);
  const numbers = await Promise.all(devices.map((device) => byName(device.name)));
  return numbers.flat();
}

async function byName(name: string): Promise<readonly Numbers[]> {
  if (!/^[\w!:.-]+$/.test(name) || name === '.' || name === '..') return [];
  const text = await readFile(`/sys/class/block/${name}/dev`, 'utf8').catch(() => '');
  const match = /^(\d+):(\d+)\n$/.exec(text);
  return match === null ? [] : [{ major: Number(match[1]), minor: Number(match[2]) }];
}

/** What a stack of devices ends in: those have the queues. */
function leaves(disk: BlockDevice): readonly BlockDevice[] {
  return disk.members.length === 0 ? [disk] : disk.members.flatMap(leaves);
}

function toScheduler(disk: BlockDevice): DeviceScheduler {
  const { name, model, scheduler, schedulers, honoursIdlePriority } = disk;
  return { device: name, model, scheduler, available: schedulers, honoursIdlePriority };
}
