import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { isSystemError, WarmsetError } from '../../errors.ts';
import type { StepKind } from '../types.ts';

const VALUE = z
  .string()
  .max(4096)
  .regex(/^[^\0\n]*$/);

const schema = z.strictObject({
  do: z.literal('set-value'),
  /** A file of the kernel's. */
  path: z.string().regex(/^\/(proc\/sys|proc\/irq|sys)(\/(?!\.\.?(\/|$))[^/\0]+)+$/),
  from: VALUE,
  to: VALUE,
});

export type SetValue = z.infer<typeof schema>;

/** A setting in /proc/sys, /proc/irq or /sys. Undone only where it still is as it was set. */
export const setValueStep: StepKind<SetValue> = {
  do: 'set-value',
  schema,
  describe: ({ path, from, to }) => `set ${path} from ${from} to ${to}`,
  command: ({ path, to }) => ['sh', '-c', 'printf %s "$1" > "$2"', 'sh', to, path],
  isDone: async ({ path, to }) => (await readValue(path)) === to,
  apply: ({ path, to }) => writeFile(path, to),
  async undo({ path, from, to }) {
    const now = await readValue(path);
    // A device that is gone has no settings, and one that came anew has its own.
    if (now === null || now === from) return;
    if (now !== to) {
      throw new WarmsetError('WARMSET_CHANGE', `${path} is ${now}, which was neither there before nor set`, {
        subject: path,
        remedy: `set it to ${from} or ${to} by hand, then try again`,
      });
    }
    await writeFile(path, from);
  },
};

/** As it is written: one line, single spaces; of a choice (`[none] mq-deadline`) the chosen. `null`: no such file. */
export async function readValue(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return /(?:^|\s)\[([^\]]+)\](?:\s|$)/.exec(text)?.[1] ?? text.replaceAll(/\s+/g, ' ');
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}
