import { open, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { PATH, type StepKind } from '../../change/index.ts';
import { exists } from '../tree/exists.ts';
import { walkTree } from '../tree/walk-tree.ts';

const schema = z.strictObject({ do: z.literal('lower-list'), lower: PATH, list: PATH });

export type LowerList = z.infer<typeof schema>;

const FLUSH_LINES = 1000;

/** What the lower layer held when it was laid under: an overlay whose lower changes has no defined answers. */
export const lowerListStep: StepKind<LowerList> = {
  do: 'lower-list',
  schema,
  describe: ({ lower, list }) => `write down in ${list} what ${lower} holds now`,
  command: () => null,
  isDone: ({ list }) => exists(list),
  async apply({ lower, list }, { signal }) {
    const partial = `${list}.partial`;
    const handle = await open(partial, 'w', 0o600);
    try {
      let lines: string[] = [];
      for await (const { path, kind, size, modifiedNs } of walkTree(lower, { signal })) {
        lines.push(`${JSON.stringify([path, kind, kind === 'file' ? size : 0, modifiedNs.toString()])}\n`);
        if (lines.length < FLUSH_LINES) continue;
        await handle.appendFile(lines.join(''));
        lines = [];
      }
      await handle.appendFile(lines.join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, list);
  },
  async undo({ list }) {
    for (const path of [list, `${list}.partial`]) await rm(path, { force: true });
  },
};
