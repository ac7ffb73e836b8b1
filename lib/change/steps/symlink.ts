import { readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { isSystemError, WarmsetError } from '../../errors.ts';
import { syncDirectory } from '../../write-atomically.ts';
import type { StepKind } from '../types.ts';
import { look, PATH } from './paths.ts';

const TARGET = z.string().min(1).max(4095);

const schema = z.strictObject({
  do: z.literal('symlink'),
  path: PATH,
  target: TARGET,
  /** Where it led before; `null`: nothing was there. */
  before: TARGET.nullable(),
});

export type Symlink = z.infer<typeof schema>;

/** A symbolic link, switched at once: whoever opens the path gets the old or the new. */
export const symlinkStep: StepKind<Symlink> = {
  do: 'symlink',
  schema,
  describe: ({ path, target, before }) =>
    before === null ? `link ${path} to ${target}` : `switch the link ${path} from ${before} to ${target}`,
  command: ({ path, target }) => ['ln', '-sfn', target, path],
  isDone: async ({ path, target }) => (await targetOf(path)) === target,
  async apply({ path, target, before }) {
    await expectLink(path, before);
    await lead(path, target);
  },
  async undo({ path, target, before }) {
    await rm(temporaryOf(path), { force: true });
    if ((await targetOf(path)) === before && (before !== null || (await look(path)) === null)) return;
    await expectLink(path, target);
    if (before === null) await rm(path);
    else await lead(path, before);
  },
};

async function lead(path: string, target: string): Promise<void> {
  const temporary = temporaryOf(path);
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Always the same, so that undoing finds what a crash left. */
function temporaryOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.warmset`);
}

async function targetOf(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if (isSystemError(error) && ['ENOENT', 'EINVAL', 'ENOTDIR'].includes(error.code)) return null;
    throw error;
  }
}

async function expectLink(path: string, target: string | null): Promise<void> {
  const now = await look(path);
  if (target === null ? now === null : (await targetOf(path)) === target) return;
  throw new WarmsetError('WARMSET_CHANGE', `${path} is not what it was when this was planned`, {
    subject: path,
    remedy: 'look at what is there now, and plan again',
  });
}
