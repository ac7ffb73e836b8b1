import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type HostOptions, hostPath, parseCount, readHostTextOrNull } from '../../host/host-file.ts';
import { honoursIdlePriority, type KernelRelease, parseSchedulers } from '../../host/index.ts';
import { kindOfDevice } from './device-kind.ts';
import { readNvme } from './nvme.ts';
import type { DeviceNode, Place, Queue } from './types.ts';

export interface DeviceOptions extends HostOptions {
  readonly kernel: KernelRelease | null;
  /** Follows the file of a loop device. */
  readonly follow: (path: string) => Promise<Place>;
}

// md over LUKS over LVM over a partition is real; a loop in a garbled tree must still end.
const MOST_LEVELS = 12;
const SECTOR_BYTES = 512;

/** The device with this number and what it is made of; `null` for an anonymous one, and where sysfs hasn't it. */
export async function readDevice(
  { major, minor }: { readonly major: number; readonly minor: number },
  options: DeviceOptions,
): Promise<DeviceNode | null> {
  if (major === 0) return null;
  const place = await realpath(hostPath(`/sys/dev/block/${major}:${minor}`, options)).catch(() => null);
  return place === null ? null : readNode(place, options, 0);
}

async function readNode(place: string, options: DeviceOptions, level: number): Promise<DeviceNode> {
  const name = basename(place);
  const text = (file: string): Promise<string | null> => readText(join(place, file));
  const [partition, dmName, dmUuid, mdLevel, backingFile, number, sectors, model, members] =
    await Promise.all([
      text('partition'),
      text('dm/name'),
      text('dm/uuid'),
      text('md/level'),
      text('loop/backing_file'),
      text('dev'),
      text('size'),
      text('device/model'),
      level < MOST_LEVELS ? readMembers(place, options, level + 1) : [],
    ]);
  const kind = kindOfDevice({ name, partition: partition !== null, dmUuid, md: mdLevel !== null });
  const disk = kind === 'partition' ? [await readNode(dirname(place), options, level + 1)] : [];
  const below = [...members, ...disk];
  const backing = backingFile === null || level >= MOST_LEVELS ? null : await options.follow(backingFile);
  const size = parseCount(sectors);
  return {
    ...{ name, kind, number },
    label: dmName ?? mdLevel ?? model,
    sizeBytes: size === null ? null : size * SECTOR_BYTES,
    virtual: /^(?:vd|xvd|nbd)/.test(name) || /\b(?:QEMU|VBOX|VMware|Virtual)\b/i.test(model ?? ''),
    numaNode: await readNumaNode(place),
    queue: kind === 'partition' ? null : await readQueue(place, below, backing, options.kernel),
    array: kind === 'md' ? await readArray(place) : null,
    loop: kind === 'loop' ? await readLoop(place) : null,
    nvme: kind === 'nvme' ? await readNvme(place) : null,
    backing,
    members: below,
  };
}

async function readMembers(
  place: string,
  options: DeviceOptions,
  level: number,
): Promise<readonly DeviceNode[]> {
  const directory = join(place, 'slaves');
  const names = await readdir(directory).catch((): string[] => []);
  const places = await Promise.all(
    names.sort().map((name) => realpath(join(directory, name)).catch(() => null)),
  );
  return Promise.all(places.flatMap((member) => (member === null ? [] : readNode(member, options, level))));
}

async function readQueue(
  place: string,
  members: readonly DeviceNode[],
  backing: Place | null,
  kernel: KernelRelease | null,
): Promise<Queue> {
  const file = (name: string): Promise<string | null> => readText(join(place, 'queue', name));
  const [scheduler, readAhead, maxSectors, rotational, depth, dax] = await Promise.all([
    file('scheduler'),
    file('read_ahead_kb'),
    file('max_sectors_kb'),
    file('rotational'),
    file('nr_requests'),
    file('dax'),
  ]);
  const { active, available } = parseSchedulers(scheduler ?? '');
  return {
    scheduler: active,
    schedulers: available,
    honoursIdlePriority: allOf([
      ...(members.length > 0 ? answersOf(members) : [honoursIdlePriority(active, kernel)]),
      ...(backing === null ? [] : [answerOf(backing)]),
    ]),
    readAheadKb: parseCount(readAhead),
    maxSectorsKb: parseCount(maxSectors),
    rotational: toFlag(rotational),
    depth: parseCount(depth),
    dax: toFlag(dax),
  };
}

/** A stacked device passes requests on at once: who orders them is below it. */
function answersOf(devices: readonly DeviceNode[]): (boolean | null)[] {
  return devices.map(({ queue, members }) =>
    queue === null ? allOf(answersOf(members)) : queue.honoursIdlePriority,
  );
}

/** A loop device's requests are ordered twice: by itself, and where its file lies. */
function answerOf(backing: Place): boolean | null {
  return backing.state === 'known' && backing.device ? allOf(answersOf([backing.device])) : null;
}

function allOf(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false;
  return answers.length === 0 || answers.includes(null) ? null : true;
}

async function readArray(place: string): Promise<NonNullable<DeviceNode['array']>> {
  const file = (name: string): Promise<string | null> => readText(join(place, 'md', name));
  const [level, state, degraded, syncAction] = await Promise.all([
    file('level'),
    file('array_state'),
    file('degraded'),
    file('sync_action'),
  ]);
  return { level, state, degraded: parseCount(degraded), syncAction };
}

async function readLoop(place: string): Promise<NonNullable<DeviceNode['loop']>> {
  const [dio, offset] = await Promise.all([
    readText(join(place, 'loop', 'dio')),
    readText(join(place, 'loop', 'offset')),
  ]);
  return { directIo: toFlag(dio), offsetBytes: parseCount(offset) };
}

/** The file is that of the bus device, some directories up for NVMe; -1 says that there is none. */
async function readNumaNode(place: string): Promise<number | null> {
  const files = ['device/numa_node', 'device/device/numa_node'];
  const texts = await Promise.all(files.map((file) => readText(join(place, file))));
  return texts.map((text) => parseCount(text)).find((node) => node !== null) ?? null;
}

function toFlag(text: string | null): boolean | null {
  return text === '0' || text === '1' ? text === '1' : null;
}

async function readText(path: string): Promise<string | null> {
  return (await readHostTextOrNull(path))?.trim() || null;
}
