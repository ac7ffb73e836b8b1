import { chmod, chown, mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { look, PATH, type StepKind } from '../../change/index.ts';
import { isSystemError, WarmsetError } from '../../errors.ts';
import { keepMtime } from '../tree/keep-mtime.ts';

const OWNER = {
  mode: z.number().int().min(0).max(0o7777),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
};

const schema = z.strictObject({
  do: z.literal('local-directory'),
  /** Where it will show, in the layer below the mount. */
  at: PATH,
  /** Where its files lie. */
  local: PATH,
  /** `dev:ino` of what was at `at`; `null`: nothing. */
  identity: z
    .string()
    .regex(/^\d+:\d+$/)
    .nullable(),
  ...OWNER,
  /** Directories above `at` that are missing, outermost first. */
  parents: z.array(z.strictObject({ path: PATH, ...OWNER })).max(100),
});

export type LocalDirectory = z.infer<typeof schema>;

/** A directory that belongs to this node alone, moved out of the layer; an empty one stays in its place to mount on. */
export const localDirectoryStep: StepKind<LocalDirectory> = {
  do: 'local-directory',
  schema,
  describe: ({ at, local, identity }) =>
    identity === null
      ? `make the local directory ${local}, and a place for it at ${at}`
      : `move ${at} to ${local}, and leave a place for it`,
  command: () => null,
  isDone: async () => false,
  async apply(step) {
    const { at, local, identity, parents } = step;
    const above = dirname(parents[0]?.path ?? at);
    await keepMtime([above, dirname(at)], async () => {
      for (const parent of parents) await make(parent.path, parent);
      if (identity === null) await make(local, step);
      else {
        if ((await look(at))?.identity !== identity || (await look(local)) !== null) {
          throw new WarmsetError('WARMSET_CHANGE', `${at} can't be moved: something else is there now`, {
            subject: at,
            remedy: 'look at it, and plan again',
          });
        }
        await keepMtime([at], () => rename(at, local));
      }
      await make(at, step);
    });
  },
  async undo({ at, local, identity, parents }) {
    const above = dirname(parents[0]?.path ?? at);
    await keepMtime([above, dirname(at)], async () => {
      const [place, own] = [await look(at), await look(local)];
      if (own !== null && (identity !== null || (await readdir(local)).length > 0)) {
        // Not where it is: then it is the moved one itself, which a crash left in its place.
        if (place !== null) await removeEmpty(at, true);
        await rename(local, at);
      } else if (own !== null) await rmdir(local);
      const now = await look(at);
      if (identity === null && now?.kind === 'directory') await removeEmpty(at, false);
      for (const { path } of parents.toReversed()) await removeEmpty(path, false);
    });
  },
};

async function make(path: string, { mode, uid, gid }: Pick<LocalDirectory, 'mode' | 'uid' | 'gid'>) {
  await mkdir(path, { mode: 0o700 });
  await chown(path, uid, gid);
  await chmod(path, mode);
}

/** What is in it since is somebody's: it stays, or stands in the way. */
async function removeEmpty(path: string, needed: boolean): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    const stays = isSystemError(error) && ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code);
    if (!stays || (needed && error.code !== 'ENOENT')) throw error;
  }
}
