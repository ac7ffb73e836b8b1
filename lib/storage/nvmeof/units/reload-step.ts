import { z } from 'zod';
import { look, runCommand, type StepKind, type StepKinds } from '../../../change/index.ts';

const schema = z.strictObject({
  do: z.literal('systemd-reload'),
  /** Reads unit files when the steps behind it were undone, or when those before it were done. */
  when: z.enum(['undone', 'done']),
});

export type SystemdReload = z.infer<typeof schema>;

/** Has the running systemd read its unit files anew. Where none runs there is nothing to do. */
const reloadStep: StepKind<SystemdReload> = {
  do: 'systemd-reload',
  schema,
  describe: ({ when }) =>
    when === 'done'
      ? 'have systemd read the files'
      : 'have systemd read its files again when these are removed',
  command: ({ when }) => (when === 'done' ? RELOAD : null),
  // What systemd has in memory can't be told from here: an own run of it is cheap.
  isDone: async () => !(await systemdRuns()),
  apply: ({ when }, { signal }) => (when === 'done' ? reload(signal) : Promise.resolve()),
  undo: ({ when }, { signal }) => (when === 'undone' ? reload(signal) : Promise.resolve()),
};

export const UNIT_STEPS: StepKinds = [reloadStep];

const RELOAD = ['systemctl', 'daemon-reload'];

async function reload(signal: AbortSignal | undefined): Promise<void> {
  if (await systemdRuns()) await runCommand(RELOAD, { signal });
}

/** As sd_booted(3) asks. */
export async function systemdRuns(): Promise<boolean> {
  return (await look('/run/systemd/system')) !== null;
}
