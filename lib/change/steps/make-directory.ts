import { chmod, chown, mkdir, rmdir } from 'node:fs/promises';
import { z } from 'zod';
import { isSystemError } from '../../errors.ts';
import type { StepKind } from '../types.ts';
import { look, PATH } from './paths.ts';

const schema = z.strictObject({
  do: z.literal('make-directory'),
  path: PATH,
  /** Permission bits, whatever the umask. */
  mode: z.number().int().min(0).max(0o7777),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
});

export type MakeDirectory = z.infer<typeof schema>;

/** A directory whose parent is there. Undone only where nothing was put into it. */
export const makeDirectoryStep: StepKind<MakeDirectory> = {
  do: 'make-directory',
  schema,
  describe: ({ path }) => `make the directory ${path}`,
  command: ({ path, mode, uid, gid }) => [
    'install',
    '-d',
    '-m',
    mode.toString(8),
    '-o',
    String(uid),
    '-g',
    String(gid),
    path,
  ],
  isDone: async ({ path }) => (await look(path))?.kind === 'directory',
  async apply({ path, mode, uid, gid }) {
    await mkdir(path, { mode: 0o700 });
    await chown(path, uid, gid);
    await chmod(path, mode);
  },
  async undo({ path }) {
    try {
      await rmdir(path);
    } catch (error) {
      // What is in it since is somebody's.
      const stays = ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'];
      if (!isSystemError(error) || !stays.includes(error.code)) throw error;
    }
  },
};
