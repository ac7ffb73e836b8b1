import type { KnownPlace, Place, StorageFinding } from './types.ts';
import { places } from './walk.ts';

// Below this a copy-up, a compile cache or a download may fail tomorrow.
const LITTLE_SPACE = 0.05;

/** What the filesystems of a tree mean for warming. Pure. */
export function findingsOfPlaces(top: Place): readonly StorageFinding[] {
  return [...places(top)].flatMap((place) =>
    place.state === 'known' ? ofPlace(place) : [hidden(place.path, place.why)],
  );
}

function ofPlace(place: KnownPlace): StorageFinding[] {
  const { filesystem, mount } = place;
  const options = [...mount.options, ...mount.superOptions];
  return [
    ...ofKind(place),
    ...(options.some((option) => /^dax(=always)?$/.test(option))
      ? [note('dax', mount.point, 'DAX: reads go past the page cache, so that there is nothing to warm.')]
      : []),
    ...(filesystem.name === 'btrfs' && options.some((option) => /^compress/.test(option))
      ? [
          note(
            'compressed',
            mount.point,
            'btrfs compresses: the page cache holds what was unpacked, so that warming also saves unpacking; reads with O_DIRECT go through the cache there.',
          ),
        ]
      : []),
    ...ofFolios(place),
    ...ofSpace(place),
  ];
}

function ofKind({ filesystem: { kind, name }, mount }: KnownPlace): StorageFinding[] {
  const { point } = mount;
  switch (kind) {
    case 'memory':
      return [note('memory', point, `${name} is memory already: nothing to warm, and it counts as used.`)];
    case 'zfs':
      return [
        warning(
          'zfs',
          point,
          'ZFS caches in its ARC: residency can neither be measured nor kept.',
          'size the ARC for the set with zfs_arc_max',
        ),
      ];
    case 'remote':
      return [
        warning(
          'remote',
          point,
          `${name} is answered by a server or a daemon: the idle class doesn't reach it, no disk is accounted, and probes read through the page cache.`,
          'give fills a rate',
        ),
      ];
    case 'stacked':
      return [
        note(
          'overlay',
          point,
          `cachestat is blind on ${name}: residency comes from mincore, which tells the owner and root only. Pages belong to the layer's file, so that warming through either path warms both.`,
        ),
      ];
    case 'unknown':
      return [note('filesystem-unknown', point, `Nothing is known of ${name}.`)];
    case 'disk':
      return [];
  }
}

function ofFolios({ filesystem, mount }: KnownPlace): StorageFinding[] {
  if (filesystem.kind !== 'disk') return [];
  const { ability, why } = filesystem.largeFolios;
  if (ability !== 'no') return [];
  const costs = 'what is warmed lies in single pages, which readers pay for with every fault';
  return [note('small-folios', mount.point, `No large folios: ${why}; ${costs}.`)];
}

function ofSpace({ role, space, mount }: KnownPlace): StorageFinding[] {
  // A read-only image is full by design, and so is a lower layer.
  const readOnly = mount.options.includes('ro') || mount.superOptions.includes('ro');
  if (space === null || readOnly || role === 'lower' || role === 'data-only lower') return [];
  const found: StorageFinding[] = [];
  if (space.availableBytes < space.totalBytes * LITTLE_SPACE) {
    const what = 'Less than 5 % of the space is left: downloads, compile caches and copy-ups may fail.';
    found.push(
      warning('space-low', mount.point, what, 'see warmset storage footprint for what is there twice'),
    );
  }
  if (space.inodes !== null && (space.freeInodes ?? 0) < space.inodes * LITTLE_SPACE) {
    const what = 'Less than 5 % of the inodes are left, whatever space there is.';
    found.push(warning('inodes-low', mount.point, what, 'remove small files, or make the filesystem anew'));
  }
  return found;
}

function hidden(path: string, why: string): StorageFinding {
  return note('hidden', path, `Can't be followed: ${why}.`);
}

export function note(id: string, place: string, message: string): StorageFinding {
  return { id, level: 'note', place, message, remedy: null };
}

export function warning(id: string, place: string, message: string, remedy: string): StorageFinding {
  return { id, level: 'warning', place, message, remedy };
}
