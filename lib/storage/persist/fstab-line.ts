import { z } from 'zod';
import { readText, type StepKind } from '../../change/index.ts';
import { writeAtomically } from '../../write-atomically.ts';

const LINE = z
  .string()
  .max(32_768)
  .regex(/^[^\n\r\0]+$/);

const schema = z.strictObject({
  do: z.literal('fstab-line'),
  /** `/etc/fstab`. */
  file: z.string().regex(/^\/(?:[^/\0]+\/)*fstab$/),
  line: LINE,
});

export type FstabLine = z.infer<typeof schema>;

/** One line more in fstab(5). Undone, exactly this line goes; whatever else was written there since stays. */
export const fstabLineStep: StepKind<FstabLine> = {
  do: 'fstab-line',
  schema,
  describe: ({ file, line }) => `add to ${file}: ${line}`,
  command: ({ file, line }) => ['sh', '-c', 'printf "%s\\n" "$1" >> "$2"', 'sh', line, file],
  isDone: async ({ file, line }) => ((await readText(file)) ?? '').split('\n').includes(line),
  async apply({ file, line }) {
    const text = (await readText(file)) ?? '';
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    await writeAtomically(file, `${text}${gap}${line}\n`, { mode: 0o644 });
  },
  async undo({ file, line }) {
    const text = await readText(file);
    if (text === null || !text.split('\n').includes(line)) return;
    const kept = text.split('\n').filter((one) => one !== line);
    await writeAtomically(file, kept.join('\n'), { mode: 0o644 });
  },
};
