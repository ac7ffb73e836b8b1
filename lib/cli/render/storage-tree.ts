import type { DeviceNode, Place, StorageFinding, StorageInspection } from '../../storage/inspect/index.ts';
import { formatBytes, formatCount, formatShare } from '../../units.ts';
import { accent, bold, dim, warn } from './style.ts';
import type { Terminal } from './terminal.ts';
import { type Branch, renderTree } from './tree.ts';
import { printable, wrap } from './width.ts';

/** The tree from a path to the hardware, and below it what that means. */
export function renderInspection(terminal: Terminal, { place, findings }: StorageInspection): string[] {
  return [
    ...renderTree(terminal, ofPlace(terminal, place, new Set())),
    '',
    ...findings.flatMap((finding) => renderFinding(terminal, finding)),
  ];
}

/** @param told mounts and devices that the tree has already: an overlay's layers often share theirs */
function ofPlace(terminal: Terminal, place: Place, told: Set<string>): Branch {
  const role = place.role === 'target' ? '' : `${place.role} `;
  const name = bold(terminal, printable(place.path));
  if (place.state === 'hidden') {
    return { label: `${role}${name}`, details: [`not followed: ${place.why}`], children: [] };
  }
  const { filesystem, mount, realPath, path, part, layers, device } = place;
  const also = part?.alsoAt ? `, also at ${part.alsoAt}` : '';
  const details = [
    `from ${mount.source}, ${mount.options.join(',')}`,
    ...(realPath === path ? [] : [`is ${realPath}`]),
    ...(part ? [`${part.kind} of ${part.root}${also}`] : []),
    ...spaceLines(place.space),
    `large folios: ${filesystem.largeFolios.ability} (${filesystem.largeFolios.why})`,
    `reflinks: ${filesystem.reflinks.ability} (${filesystem.reflinks.why})`,
    ...(place.readAhead ? [`read-ahead ${place.readAhead.kib} KiB of its own`] : []),
  ];
  const again = told.has(mount.point);
  told.add(mount.point);
  const mounted: Branch = {
    label: `${accent(terminal, printable(filesystem.name))} at ${printable(mount.point)}`,
    details: again ? ['as above'] : details.map(printable),
    children: again
      ? []
      : [
          ...layers.map((layer) => ofPlace(terminal, layer, told)),
          ...(device ? [ofDevice(terminal, device, told)] : []),
        ],
  };
  return { label: `${role}${name}`, details: [], children: [mounted] };
}

function spaceLines(space: Extract<Place, { state: 'known' }>['space']): string[] {
  if (space === null) return [];
  const { availableBytes, totalBytes, inodes, freeInodes } = space;
  const told =
    inodes === null
      ? 'inodes as needed'
      : `${formatCount(freeInodes ?? 0)} inodes free (${formatShare((freeInodes ?? 0) / inodes)})`;
  return [`${formatBytes(availableBytes)} of ${formatBytes(totalBytes)} available, ${told}`];
}

function ofDevice(terminal: Terminal, device: DeviceNode, told: Set<string>): Branch {
  const { name, kind, label, sizeBytes, backing, members, nvme } = device;
  const words = [kind, label, sizeBytes === null ? null : formatBytes(sizeBytes)].filter(
    (part) => part !== null,
  );
  const title = `${accent(terminal, name)} ${printable(words.join(', '))}`;
  if (told.has(`/dev/${name}`)) return { label: title, details: ['as above'], children: [] };
  told.add(`/dev/${name}`);
  return {
    label: title,
    details: [...queueLines(device), ...stateLines(device)].map(printable),
    children: [
      ...(nvme?.paths ?? []).map((path) => ({
        label: `${path.controller} ${printable([path.transport, path.address, path.state].filter(Boolean).join(', '))}`,
        details: [
          ...(path.anaState ? [`ANA ${path.anaState}`] : []),
          ...(path.scheduler ? [`scheduler ${path.scheduler}`] : []),
          ...(path.numaNode === null ? [] : [`NUMA node ${path.numaNode}`]),
        ].map(printable),
        children: [],
      })),
      ...(backing ? [ofPlace(terminal, backing, told)] : []),
      ...members.map((member) => ofDevice(terminal, member, told)),
    ],
  };
}

function queueLines({ kind, queue, numaNode, virtual }: DeviceNode): string[] {
  if (queue === null) return [];
  const known = (value: number | null, unit: string): string =>
    value === null ? 'unknown' : `${value}${unit}`;
  const idle = {
    true: 'honours the idle class',
    false: 'ignores the idle class',
    null: 'idle class unknown',
  };
  const spins = {
    true: virtual || kind === 'loop' ? 'says it rotates' : 'rotates',
    false: 'solid state',
    null: 'rotation unknown',
  };
  const parts = [
    `scheduler ${queue.scheduler ?? 'unknown'} (${idle[`${queue.honoursIdlePriority}`]})`,
    `read-ahead ${known(queue.readAheadKb, ' KiB')}`,
    `requests up to ${known(queue.maxSectorsKb, ' KiB')}`,
    `depth ${known(queue.depth, '')}`,
    spins[`${queue.rotational}`],
    ...(numaNode === null ? [] : [`NUMA node ${numaNode}`]),
  ];
  return [parts.join(', ')];
}

function stateLines({ array, loop, nvme }: DeviceNode): string[] {
  const lines: string[] = [];
  if (array) {
    const missing = array.degraded ? `, ${array.degraded} missing` : '';
    lines.push(`array ${array.state ?? 'unknown'}${missing}, ${array.syncAction ?? 'sync unknown'}`);
  }
  if (loop) {
    const dio = { true: 'direct I/O', false: 'buffered I/O', null: 'I/O mode unknown' }[`${loop.directIo}`];
    lines.push(loop.offsetBytes ? `${dio}, from byte ${loop.offsetBytes}` : dio);
  }
  if (nvme) {
    const policy = nvme.ioPolicy ? `, paths by ${nvme.ioPolicy}` : '';
    lines.push(
      `namespace ${nvme.namespaceId ?? 'unknown'} of ${nvme.subsystem ?? 'an unknown subsystem'}${policy}`,
    );
  }
  return lines;
}

const MARGIN = 9;

function renderFinding(terminal: Terminal, { level, place, message, remedy }: StorageFinding): string[] {
  const room = terminal.columns === null ? null : Math.max(24, terminal.columns - MARGIN);
  const indent = ' '.repeat(MARGIN);
  const head = (level === 'warning' ? warn : dim)(terminal, level) + ' '.repeat(MARGIN - level.length);
  const [first = '', ...more] = wrap(printable(`${place}: ${message}`), room);
  return [
    head + first,
    ...more.map((line) => indent + line),
    ...(remedy === null ? [] : wrap(printable(`do: ${remedy}`), room).map((line) => indent + line)),
  ];
}
