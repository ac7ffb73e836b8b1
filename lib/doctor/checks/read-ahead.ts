import { kindOf } from '../../host/index.ts';
import { type Finding, note, ok, warning } from '../finding.ts';
import type { FilesystemReading, Readings } from '../readings.ts';
import { describe } from './filesystems.ts';
import { WHY } from './folio-effect.ts';

// One huge page: with a smaller window, what is read by plain reads comes in smaller folios.
const ENOUGH_KIB = 2048;

/** The kernel's read-ahead window of each disk or mount under the set, once for each file that sets one. */
export function checkReadAhead({ set }: Readings): readonly Finding[] {
  const windows = new Map<string, number>();
  const unseen: FilesystemReading[] = [];
  for (const filesystem of set?.filesystems ?? []) {
    const { readAhead } = filesystem;
    if (readAhead !== null) windows.set(readAhead.file, readAhead.kib);
    // The others have none of their own.
    else if (['disk', 'remote'].includes(kindOf(filesystem))) unseen.push(filesystem);
  }
  return [...[...windows].map(([file, kib]) => ofWindow(file, kib)), ...unseen.map(ofUnseen)];
}

function ofUnseen(filesystem: FilesystemReading): Finding {
  const evidence = `${describe(filesystem)}: no read_ahead_kb of it is readable in /sys.`;
  return note('read-ahead', "The read-ahead of some files couldn't be read", evidence);
}

function ofWindow(file: string, kib: number): Finding {
  const evidence = `${file} is ${kib}`;
  if (kib >= ENOUGH_KIB)
    return ok('read-ahead', `Read-ahead of ${kib} KiB allows large folios`, `${evidence}.`);
  const remedy = `echo ${ENOUGH_KIB} > ${file} (trade-off: small random readers of that disk may read more than they need).${persist(file)}`;
  if (kib === 0) {
    const why = 'every read waits for the disk, and loaders that read instead of mapping get single pages.';
    return warning('read-ahead', 'Read-ahead is switched off', `${evidence}: ${why}`, remedy);
  }
  const why = `what loaders and ordinary readers bring in lies in folios of at most that. ${WHY} The populate engine gets 2 MiB folios whatever this is, where huge pages are enabled.`;
  return note('read-ahead', `Read-ahead of ${kib} KiB means small folios`, `${evidence}: ${why}`, remedy);
}

/** How a disk's setting outlives a restart; a mount's own (bdi) is set anew with each mount. */
function persist(file: string): string {
  const disk = /^\/sys\/block\/([^/]+)\/queue\/read_ahead_kb$/.exec(file)?.[1];
  if (disk === undefined) return '';
  const rule = `SUBSYSTEM=="block", KERNEL=="${disk}", ATTR{queue/read_ahead_kb}="${ENOUGH_KIB}"`;
  return ` To keep it, a udev rule: ${rule}`;
}
