import { z } from 'zod';
import { runCommand } from '../run-command.ts';
import type { StepKind } from '../types.ts';
import { look } from './paths.ts';

const schema = z.strictObject({ do: z.literal('reload-systemd'), after: z.enum(['apply', 'undo']) });

export type ReloadSystemd = z.infer<typeof schema>;

const RELOAD = ['systemctl', 'daemon-reload'];

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
  command: ({ after }) => (after === 'apply' ? RELOAD : null),
  // What systemd has in memory can't be told from here: a run of it more is cheap.
  isDone: async () => !(await systemdRuns()),
  apply: ({ after }, { signal }) => (after === 'apply' ? reload(signal) : Promise.resolve()),
  undo: ({ after }, { signal }) => (after === 'undo' ? reload(signal) : Promise.resolve()),
};

async function reload(signal: AbortSignal | undefined): Promise<void> {
  if (await systemdRuns()) await runCommand(RELOAD, { signal });
}

/** As sd_booted(3) asks. */
export async function systemdRuns(): Promise<boolean> {
  return (await look('/run/systemd/system')) !== null;
}
