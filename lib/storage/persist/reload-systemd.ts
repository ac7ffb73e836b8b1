import { access } from 'node:fs/promises';
import { z } from 'zod';
import { runCommand, type StepKind } from '../../change/index.ts';

const schema = z.strictObject({ do: z.literal('reload-systemd'), after: z.enum(['apply', 'undo']) });

export type ReloadSystemd = z.infer<typeof schema>;

/**
 * Has systemd read its units again, where it is the one that runs. Two of them frame the steps that write units: the
 * last for the way there, the first for the way back.
 */
export const reloadSystemdStep: StepKind<ReloadSystemd> = {
  do: 'reload-systemd',
  schema,
  describe: ({ after }) =>
    after === 'apply'
      ? 'have systemd read the units'
      : 'when it is removed: have systemd read the units again',
  command: ({ after }) => (after === 'apply' ? ['systemctl', 'daemon-reload'] : null),
  isDone: async () => false,
  apply: ({ after }, { signal }) => (after === 'apply' ? reload(signal) : Promise.resolve()),
  undo: ({ after }, { signal }) => (after === 'undo' ? reload(signal) : Promise.resolve()),
};

async function reload(signal: AbortSignal | undefined): Promise<void> {
  // sd_booted(3): the directory is there exactly where systemd is process 1.
  const booted = await access('/run/systemd/system').then(
    () => true,
    () => false,
  );
  if (booted) await runCommand(['systemctl', 'daemon-reload'], { signal });
}
