import { readFile } from 'node:fs/promises';
import { WarmsetError } from '../errors.ts';
import { readCapabilities } from '../host/index.ts';

/** Whether this process may mount, and what stands in the way. */
export interface MountRights {
  readonly allowed: boolean;
  readonly why: string;
  readonly remedy: string;
}

export interface RightsReading {
  readonly uid: number;
  /** Whether CAP_SYS_ADMIN is effective; `null`: unknown. */
  readonly admin: boolean | null;
  /** Of /proc/self/uid_map; empty where it can't be read. */
  readonly uidMap: string;
  /** Of /proc/self/attr/current: the confinement by AppArmor or the context of SELinux; empty without either. */
  readonly label: string;
}

const OUTSIDE = 'run it on the host, as root';

/** Pure. A user namespace of its own comes first: root in it is root in nothing else. */
export function judgeRights({ uid, admin, uidMap, label }: RightsReading): MountRights {
  const confined = label === '' || label === 'unconfined' ? '' : `; it is confined by ${label}`;
  if (uidMap !== '' && !/^\s*0\s+0\s+4294967295\s*$/.test(uidMap)) {
    return {
      allowed: false,
      why: `this process lives in a user namespace (a rootless container, for one): mounts made there are seen by nobody else, and trusted attributes are withheld${confined}`,
      remedy: OUTSIDE,
    };
  }
  if (admin === false) {
    const why =
      uid === 0
        ? `this process is root without CAP_SYS_ADMIN, as in most containers${confined}`
        : `mounting needs root, and this process runs as user ${uid}`;
    return { allowed: false, why, remedy: uid === 0 ? OUTSIDE : 'run it as root: sudo warmset storage …' };
  }
  if (admin === null && uid !== 0) {
    return {
      allowed: false,
      why: `mounting needs root, and this process runs as user ${uid}`,
      remedy: OUTSIDE,
    };
  }
  return {
    allowed: true,
    why: `this process may mount${confined}`,
    remedy:
      confined === ''
        ? 'the kernel log (dmesg) says more'
        : 'look for a denial in the audit log: journalctl -k --grep "apparmor|avc"',
  };
}

export async function readMountRights(): Promise<MountRights> {
  const text = (path: string): Promise<string> =>
    readFile(path, 'utf8').then(
      (found) => found.replace(/\0/g, '').trim(),
      () => '',
    );
  const capabilities = await readCapabilities();
  return judgeRights({
    uid: process.geteuid?.() ?? -1,
    admin: capabilities?.has('CAP_SYS_ADMIN') ?? null,
    uidMap: await text('/proc/self/uid_map'),
    label: await text('/proc/self/attr/current'),
  });
}

/** @throws WarmsetError `WARMSET_STORAGE` before anything is done, where nothing could be */
export async function requireMountRights(): Promise<void> {
  const { allowed, why, remedy } = await readMountRights();
  if (!allowed) throw new WarmsetError('WARMSET_STORAGE', why, { remedy });
}

/** A mount that the kernel has denied, with what is known of the reason. */
export async function explainDenial(error: unknown): Promise<unknown> {
  const message = error instanceof Error ? error.message : '';
  if (!/permission denied|not permitted|must be superuser/i.test(message)) return error;
  const { why, remedy } = await readMountRights();
  return new WarmsetError('WARMSET_STORAGE', `${message} (${why})`, { remedy, cause: error });
}
