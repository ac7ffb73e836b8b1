import { note, warning } from './findings-of-place.ts';
import type { DeviceNode, KnownPlace, NvmeNode, Place, StorageFinding } from './types.ts';
import { everyDevice, knownPlaces } from './walk.ts';

// The kernel's usual window. Sequential reads get folios of at most that size from it.
const SMALL_READ_AHEAD_KB = 128;

/** What the devices of a tree mean for warming. Pure. */
export function findingsOfDevices(top: Place): readonly StorageFinding[] {
  return [...everyDevice(top).flatMap(ofDevice), ...knownPlaces(top).flatMap(ofTop)];
}

/** What holds for the device that the filesystem sits on, whatever that is made of. */
function ofTop({ device, readAhead }: KnownPlace): StorageFinding[] {
  if (device === null) return readAhead === null ? [] : ofReadAhead(readAhead.kib, readAhead.file);
  const disk = device.kind === 'partition' ? device.members[0] : device;
  const queue = disk?.queue;
  if (!disk || !queue) return [];
  const kib = readAhead?.kib ?? queue.readAheadKb;
  const file = readAhead?.file ?? `/sys/block/${disk.name}/queue/read_ahead_kb`;
  return [
    ...ofPriority(disk),
    ...(kib === null ? [] : ofReadAhead(kib, file)),
    ...(queue.dax === true
      ? [
          note(
            'dax-device',
            disk.name,
            'The device can be mapped directly (DAX): with dax=always there is nothing to warm.',
          ),
        ]
      : []),
  ];
}

function ofPriority({ name, queue, members }: DeviceNode): StorageFinding[] {
  const who = members.length > 0 ? 'a device below it' : (queue?.scheduler ?? 'its scheduler');
  if (queue?.honoursIdlePriority === false) {
    const what = `${who} doesn't honour the idle class: the guard alone protects other readers. `;
    return [note('idle-ignored', name, `${what}Don't use --no-guard beside a server.`)];
  }
  if (queue?.honoursIdlePriority !== true) return [];
  const what = `${who} lets others go before the idle class.`;
  return [
    note('idle-honoured', name, `${what} It bounds no read that is in the device already: the guard does.`),
  ];
}

function ofReadAhead(kib: number, file: string): StorageFinding[] {
  if (kib > SMALL_READ_AHEAD_KB) return [];
  const why = `Read-ahead is ${kib} KiB: readers of what isn't warm wait often and get small folios. Fills aren't bound by it.`;
  return [warning('read-ahead-small', file, why, `echo 4096 > ${file}`)];
}

function ofDevice(device: DeviceNode): StorageFinding[] {
  const { name, kind, queue, array, loop, nvme } = device;
  const found: StorageFinding[] = [];
  if (queue?.rotational === true && device.virtual) {
    found.push(
      note(
        'rotational-virtual',
        name,
        'It calls itself rotating, as virtual disks do unless their host says otherwise: not believed.',
      ),
    );
  } else if (queue?.rotational === true && (kind === 'disk' || kind === 'md')) {
    found.push(
      note(
        'rotational',
        name,
        'A disk that rotates: fills read few stretches at once, and neighbours feel each.',
      ),
    );
  }
  if (loop?.directIo === false) {
    const what =
      "A loop device without direct I/O: its file is cached a second time, and what reads it 'cold' may come from memory.";
    found.push(warning('loop-cached-twice', name, what, `losetup --direct-io=on /dev/${name}`));
  }
  if (kind === 'crypt') {
    found.push(
      note(
        'crypt',
        name,
        'Encrypted: the page cache holds clear text, so that warming also saves deciphering.',
      ),
    );
  }
  if (array && (array.degraded ?? 0) > 0) {
    found.push(
      warning(
        'array-degraded',
        name,
        `${array.degraded} of its members are missing: reads may have to be computed.`,
        'replace the disk before anything is measured',
      ),
    );
  }
  if (array?.syncAction && !['idle', 'frozen'].includes(array.syncAction)) {
    found.push(
      warning(
        'array-busy',
        name,
        `A ${array.syncAction} is running, which reads from the same disks.`,
        'wait for it, or give fills a rate',
      ),
    );
  }
  return nvme === null ? found : [...found, ...ofNvme(name, nvme)];
}

function ofNvme(name: string, { paths }: NvmeNode): StorageFinding[] {
  const found: StorageFinding[] = [];
  const fabrics = paths.filter(({ transport }) => transport !== null && transport !== 'pcie');
  if (fabrics.length > 0) {
    const by = [...new Set(fabrics.map(({ transport }) => transport))].join(', ');
    found.push(
      note(
        'nvmeof',
        name,
        `Reached over a network (${by}): others share the link and the target, which no counter of this host shows. The guard sees it by its delay only.`,
      ),
    );
  }
  const dead = paths.filter(({ state }) => state !== null && state !== 'live');
  if (dead.length > 0) {
    const which = dead.map(({ controller, state }) => `${controller} is ${state}`).join(', ');
    found.push(
      warning(
        'nvme-path-down',
        name,
        `Not every path works: ${which}.`,
        'see nvme list-subsys and the network',
      ),
    );
  }
  if (paths.length > 1) {
    found.push(
      note(
        'nvme-multipath',
        name,
        'The device of the subsystem orders nothing: what counts are the schedulers of its paths.',
      ),
    );
  }
  return found;
}
