import { chmod, mkdir, rm } from 'node:fs/promises';
import { z } from 'zod';
import { look, PATH, type StepKind } from '../../change/index.ts';

const schema = z.strictObject({ do: z.literal('work-directory'), path: PATH });

export type WorkDirectory = z.infer<typeof schema>;

/** The directory in which overlayfs prepares what it puts into the upper layer: its own alone, nothing lasting in it. */
export const workDirectoryStep: StepKind<WorkDirectory> = {
  do: 'work-directory',
  schema,
  describe: ({ path }) => `make the overlay's work directory ${path}`,
  command: ({ path }) => ['install', '-d', '-m', '700', path],
  isDone: async ({ path }) => (await look(path))?.kind === 'directory',
  async apply({ path }) {
    await mkdir(path);
    await chmod(path, 0o700);
  },
  undo: ({ path }) => rm(path, { recursive: true, force: true }),
};
