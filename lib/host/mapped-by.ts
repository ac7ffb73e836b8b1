import { readdir } from 'node:fs/promises';
import type { DeviceNumber } from './device-number.ts';
import { type HostOptions, hostPath, readHostText, readHostTextOrNull } from './host-file.ts';

/**
 * Names a file for {@link mappedBy}: `major:minor:ino`, all decimal.
 *
 * The device is the *filesystem's*, as `/proc/PID/maps` prints it. It equals the split `st_dev` except on btrfs and
 * some overlayfs set-ups, where stat answers with a device of its own: there take the one of the file's mount.
 */
export type MappingKey = `${number}:${number}:${bigint}`;

/** A process that maps a file. */
export interface MappingProcess {
  readonly pid: number;
  /** Its `comm`, at most 15 bytes; empty when it ended meanwhile. */
  readonly command: string;
}

/** Who maps which of the asked files. */
export interface MappedBy {
  /** Only files that someone maps have an entry. */
  readonly processes: ReadonlyMap<MappingKey, readonly MappingProcess[]>;
  /** Processes that may not be asked (other users', without `CAP_SYS_PTRACE`): any of them may map any file. */
  readonly unreadable: number;
}

/** Builds a {@link MappingKey} from a device number and an inode number. */
export function mappingKey({ major, minor }: DeviceNumber, ino: bigint): MappingKey {
  return `${major}:${minor}:${ino}`;
}

/** Pure reading of `/proc/PID/maps` (proc_pid_maps(5)): the files in it, each once. Anonymous memory is left out. */
export function parseMappedFiles(text: string): ReadonlySet<MappingKey> {
  const keys = new Set<MappingKey>();
  for (const match of text.matchAll(
    /^[0-9a-f]+-[0-9a-f]+ \S+ [0-9a-f]+ ([0-9a-f]{1,8}):([0-9a-f]{1,8}) (\d{1,20})/gm,
  )) {
    const [, major = '', minor = '', ino = '0'] = match;
    if (ino === '0') continue;
    keys.add(
      mappingKey({ major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) }, BigInt(ino)),
    );
  }
  return keys;
}

/** The files that one process maps; `null` where that may not be asked, or it is gone. */
export async function readMappedFiles(
  pid: number,
  options: HostOptions = {},
): Promise<ReadonlySet<MappingKey> | null> {
  const maps = await readHostTextOrNull(`/proc/${pid}/maps`, options);
  return maps === null ? null : parseMappedFiles(maps);
}

/**
 * Finds the processes that map any of the given files. Mapped pages survive `POSIX_FADV_DONTNEED`, so this names
 * who keeps them. One process is read at a time: each read holds that process's mapping lock for a moment.
 *
 * @throws the failed readdir when `/proc` itself can't be listed.
 */
export async function mappedBy(files: Iterable<MappingKey>, options: HostOptions = {}): Promise<MappedBy> {
  const wanted = new Set(files);
  const processes = new Map<MappingKey, MappingProcess[]>();
  let unreadable = 0;
  const pids = (await readdir(hostPath('/proc', options))).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids.sort((a, b) => a - b)) {
    const maps = await readHostText(`/proc/${pid}/maps`, options);
    if (maps.state === 'failed') {
      if (!hasEnded(maps.code)) unreadable += 1;
      continue;
    }
    const hits = [...parseMappedFiles(maps.text)].filter((key) => wanted.has(key));
    if (hits.length === 0) continue;
    const command = ((await readHostTextOrNull(`/proc/${pid}/comm`, options)) ?? '').trimEnd();
    for (const key of hits) processes.set(key, [...(processes.get(key) ?? []), { pid, command }]);
  }
  return { processes, unreadable };
}

function hasEnded(code: string): boolean {
  return code === 'ENOENT' || code === 'ESRCH';
}
