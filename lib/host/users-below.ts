import { readdir, readlink } from 'node:fs/promises';
import { type HostOptions, hostPath, readHostText, readHostTextOrNull } from './host-file.ts';

/** A process that uses something below a path. */
export interface UserBelow {
  readonly pid: number;
  /** Its `comm`, at most 15 bytes; empty when it ended meanwhile. */
  readonly command: string;
  readonly how: 'open' | 'mapped' | 'working-directory' | 'root-directory' | 'program';
  /** The first path of it that was found, as that process sees it. */
  readonly path: string;
}

export interface UsersBelow {
  /** Each process once, by pid; the caller isn't one. */
  readonly users: readonly UserBelow[];
  /** Processes that may not be asked (other users', without `CAP_SYS_PTRACE`): any of them may be one. */
  readonly unreadable: number;
}

const LINKS = { cwd: 'working-directory', root: 'root-directory', exe: 'program' } as const;

/**
 * Finds who has a path, or something below it, open, mapped, as its program or directory. By names: a process in
 * another mount namespace that knows the place under another name is not seen.
 */
export async function readUsersBelow(path: string, options: HostOptions = {}): Promise<UsersBelow> {
  const pids = (await readdir(hostPath('/proc', options))).filter((name) => /^\d+$/.test(name)).map(Number);
  const users: UserBelow[] = [];
  let unreadable = 0;
  for (const pid of pids.filter((one) => one !== process.pid).sort((a, b) => a - b)) {
    const use = await findUse(pid, path, options);
    if (use === 'unreadable') unreadable += 1;
    else if (use !== null) {
      const command = ((await readHostTextOrNull(`/proc/${pid}/comm`, options)) ?? '').trimEnd();
      users.push({ pid, command, ...use });
    }
  }
  return { users, unreadable };
}

type Use = Pick<UserBelow, 'how' | 'path'>;

async function findUse(pid: number, path: string, options: HostOptions): Promise<Use | 'unreadable' | null> {
  for (const [link, how] of Object.entries(LINKS)) {
    const target = await linkOf(`/proc/${pid}/${link}`, options);
    if (target !== null && isBelow(path, target)) return { how, path: target };
  }
  const descriptors = await readdir(hostPath(`/proc/${pid}/fd`, options)).catch(codeOf);
  if (typeof descriptors === 'string') return descriptors === 'EACCES' ? 'unreadable' : null;
  for (const descriptor of descriptors) {
    const target = await linkOf(`/proc/${pid}/fd/${descriptor}`, options);
    if (target !== null && isBelow(path, target)) return { how: 'open', path: target };
  }
  const maps = await readHostText(`/proc/${pid}/maps`, options);
  if (maps.state === 'failed') return maps.code === 'EACCES' ? 'unreadable' : null;
  for (const match of maps.text.matchAll(/^\S+ \S+ \S+ \S+ \d+ +(\/.*)$/gm)) {
    const mapped = match[1] ?? '';
    if (isBelow(path, mapped)) return { how: 'mapped', path: mapped };
  }
  return null;
}

async function linkOf(path: string, options: HostOptions): Promise<string | null> {
  return readlink(hostPath(path, options)).catch(() => null);
}

// The kernel says so behind the name of a file that was removed.
function isBelow(path: string, target: string): boolean {
  const name = target.replace(/ \(deleted\)$/, '');
  return name === path || name.startsWith(path === '/' ? '/' : `${path}/`);
}

function codeOf(error: unknown): string {
  return String(Object(error).code);
}
