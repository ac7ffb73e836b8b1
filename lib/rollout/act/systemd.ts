import { z } from 'zod';
import { runCommand, type StepKind } from '../../change/index.ts';
import { SYSTEMD } from '../file/stages.ts';

const SCHEMA = SYSTEMD.omit({ use: true }).extend({
  do: z.literal('systemd-unit'),
  before: z.strictObject({ enabled: z.boolean(), active: z.boolean() }),
});

export type SystemdStep = z.infer<typeof SCHEMA>;
type SystemdAction = z.infer<typeof SYSTEMD>;
type Unit = Pick<SystemdAction, 'unit' | 'host'>;

// A keeper is active when its first sweep is done, and nobody waits for that: systemctl waits for READY.
const TIMEOUT_MS = 330_000;

export const systemdStep: StepKind<SystemdStep> = {
  do: 'systemd-unit',
  schema: SCHEMA,
  describe: ({ unit, host }) => `enable and start ${unit}${host === undefined ? '' : ` on ${host}`}`,
  command: (step) => systemctl(step, 'enable', '--now', step.unit),
  isDone: async (step) => {
    const { enabled, active } = await unitBefore(step);
    return enabled && active;
  },
  apply: async (step, { signal }) => {
    await runCommand(systemctl(step, 'enable', '--now', step.unit), { signal, timeoutMs: TIMEOUT_MS });
  },
  undo: async (step, { signal }) => {
    const options = { signal, timeoutMs: TIMEOUT_MS };
    if (!step.before.enabled) await runCommand(systemctl(step, 'disable', step.unit), options);
    if (!step.before.active) await runCommand(systemctl(step, 'stop', step.unit), options);
  },
};

export function systemdOf({ use: _, ...action }: SystemdAction, before: SystemdStep['before']): SystemdStep {
  return { do: 'systemd-unit', ...action, before };
}

export async function unitBefore(unit: Unit): Promise<SystemdStep['before']> {
  // Not is-enabled and is-active, which end with an error where the answer is no.
  const text = await runCommand(
    systemctl(unit, 'show', unit.unit, '--property', 'UnitFileState,ActiveState'),
  );
  return {
    enabled: /^UnitFileState=enabled/m.test(text),
    active: /^ActiveState=(active|activating|reloading)$/m.test(text),
  };
}

function systemctl({ host }: Unit, ...words: readonly string[]): readonly string[] {
  return ['systemctl', ...(host === undefined ? [] : ['--host', host]), ...words];
}
