import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { isSystemError, WarmsetError } from '../../errors.ts';
import { writeAtomically } from '../../write-atomically.ts';
import type { StepKind } from '../types.ts';
import { PATH } from './paths.ts';

const MOST_BYTES = 1 << 20;

const schema = z.strictObject({
  do: z.literal('write-file'),
  path: PATH,
  text: z.string().max(MOST_BYTES),
  mode: z.number().int().min(0).max(0o777),
  /** What was there before; `null`: no file. */
  before: z.string().max(MOST_BYTES).nullable(),
});

export type WriteFile = z.infer<typeof schema>;

/** A small text file, whole or not at all. Undone only where nobody has written it since. */
export const writeFileStep: StepKind<WriteFile> = {
  do: 'write-file',
  schema,
  describe: ({ path, before }) => `${before === null ? 'write' : 'rewrite'} ${path}`,
  command: () => null,
  isDone: async ({ path, text }) => (await readText(path)) === text,
  async apply({ path, text, mode, before }) {
    const now = await readText(path);
    if (now !== before) throw changed(path, 'since this was planned');
    await writeAtomically(path, text, { mode });
  },
  async undo({ path, text, mode, before }) {
    const now = await readText(path);
    if (now === before) return;
    if (now !== text) throw changed(path, 'since it was written');
    if (before === null) await rm(path);
    else await writeAtomically(path, before, { mode });
  },
};

/** `null` where there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}

function changed(path: string, since: string): WarmsetError {
  return new WarmsetError('WARMSET_CHANGE', `${path} was changed ${since}`, {
    subject: path,
    remedy: 'put what is wanted of it elsewhere, bring it back to what it was, then try again',
  });
}
