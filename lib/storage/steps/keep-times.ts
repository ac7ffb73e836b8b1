import { join } from 'node:path';
import { z } from 'zod';
import { PATH, type StepKind } from '../../change/index.ts';
import { exists } from '../tree/exists.ts';
import { setMtime } from '../tree/keep-mtime.ts';

const schema = z.strictObject({
  do: z.literal('keep-times'),
  /** The overlay's work directory: the kernel makes another in it at the first mount. */
  work: PATH,
  directories: z
    .array(z.strictObject({ path: PATH, mtimeNs: z.string().regex(/^-?\d{1,20}$/) }))
    .max(100_000),
});

export type KeepTimes = z.infer<typeof schema>;

/**
 * Remembers when directories were modified that the next steps will change names in. A crash in the middle of those
 * would leave a time of ours; once the overlay was mounted, times are the backend's.
 */
export const keepTimesStep: StepKind<KeepTimes> = {
  do: 'keep-times',
  schema,
  describe: ({ directories }) => `remember the times of ${directories.length} directories`,
  command: () => null,
  isDone: async () => false,
  apply: async () => {},
  async undo({ work, directories }) {
    if (await exists(join(work, 'work'))) return;
    for (const { path, mtimeNs } of directories) await setMtime(path, BigInt(mtimeNs));
  },
};
