import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { WarmsetError } from '../../errors.ts';
import { syncDirectory } from '../../write-atomically.ts';
import type { StepKind } from '../types.ts';
import { look, PATH } from './paths.ts';

const schema = z.strictObject({
  do: z.literal('rename'),
  from: PATH,
  to: PATH,
  /** `dev:ino` of what is renamed: another that came in its place is left alone. */
  identity: z.string().regex(/^\d+:\d+$/),
});

export type Rename = z.infer<typeof schema>;

/** Within one filesystem. Nothing is ever replaced. */
export const renameStep: StepKind<Rename> = {
  do: 'rename',
  schema,
  describe: ({ from, to }) => `rename ${from} to ${to}`,
  command: ({ from, to }) => ['mv', '--no-clobber', '--no-target-directory', from, to],
  isDone: async ({ to, identity }) => (await look(to))?.identity === identity,
  apply: ({ from, to, identity }) => move(from, to, identity),
  async undo({ from, to, identity }) {
    if ((await look(from))?.identity === identity) return;
    await move(to, from, identity);
  },
};

async function move(from: string, to: string, identity: string): Promise<void> {
  const [source, target] = [await look(from), await look(to)];
  if (source?.identity !== identity) throw cannot(from, to, `something else is at ${from} now`);
  // rename(2) would replace an empty directory and any file; renameat2(2) is out of Node's reach.
  if (target !== null) throw cannot(from, to, `${to} is there already`);
  await rename(from, to);
  for (const directory of new Set([dirname(from), dirname(to)])) await syncDirectory(directory);
}

function cannot(from: string, to: string, why: string): WarmsetError {
  return new WarmsetError('WARMSET_CHANGE', `${from} can't be renamed to ${to}: ${why}`, {
    subject: from,
    remedy: 'look which of both is wanted, and move the other away',
  });
}
