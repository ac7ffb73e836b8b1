import { chmod, chown, link, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { isSystemError } from '../../errors.ts';
import { lookAtEntry } from '../../native/copy.ts';
import type { JobOptions } from '../../native/job.ts';
import { type BytePath, toRawPath } from './byte-path.ts';

/** Node's own calls will do here: all of it is on the destination, and none of it waits for data. */

export async function makeDirectory(at: BytePath, like: BytePath, options: JobOptions): Promise<void> {
  const { mode, uid, gid } = await lookAtEntry(toRawPath(like), options);
  const path = toRawPath(at);
  await mkdir(path, { mode: 0o700 });
  await chown(path, uid, gid).catch(allowRefusal);
  // Whoever mirrors must be able to put files into it, also where its owner can't.
  await chmod(path, mode | 0o700);
}

/** A link in the place of an older one, or none. */
export async function makeLink(at: BytePath, leadsTo: BytePath, temporary: string): Promise<void> {
  await rm(temporary, { force: true });
  await symlink(toRawPath(leadsTo), temporary);
  await rename(temporary, toRawPath(at));
}

/** Another name of a file in the mirror. */
export async function makeName(at: BytePath, of: BytePath, temporary: string): Promise<void> {
  await rm(temporary, { force: true });
  await link(toRawPath(of), temporary);
  await rename(temporary, toRawPath(at));
  // Where both are names of one file already, rename(2) leaves both.
  await rm(temporary, { force: true });
}

function allowRefusal(error: unknown): void {
  if (!isSystemError(error) || (error.code !== 'EPERM' && error.code !== 'EINVAL')) throw error;
}
