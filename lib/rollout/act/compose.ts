import { z } from 'zod';
import { runCommand, type StepKind } from '../../change/index.ts';
import { COMPOSE, serviceName } from '../file/stages.ts';

const SCHEMA = COMPOSE.omit({ use: true }).extend({
  do: z.literal('compose-services'),
  /** Those of the services that ran already. */
  before: z.array(serviceName()),
});

export type ComposeStep = z.infer<typeof SCHEMA>;
type ComposeAction = z.infer<typeof COMPOSE>;
type Project = Pick<ComposeAction, 'program' | 'file' | 'profile' | 'context'>;

// Images have to be pulled, and the first fill may be waited for.
const TIMEOUT_MS = 660_000;

export const composeStep: StepKind<ComposeStep> = {
  do: 'compose-services',
  schema: SCHEMA,
  describe: ({ services, profile, file }) =>
    `start ${services.join(', ')} of the profile ${profile} in ${file}`,
  command: (step) => starting(step),
  isDone: async (step) => {
    const running = await servicesBefore(step);
    return step.services.every((service) => running.includes(service));
  },
  apply: async (step, { signal }) => {
    await runCommand(starting(step), { signal, timeoutMs: TIMEOUT_MS });
  },
  undo: async (step, { signal }) => {
    const mine = step.services.filter((service) => !step.before.includes(service));
    // Without a name all services would be stopped, the server among them.
    if (mine.length === 0) return;
    await runCommand([...compose(step), 'stop', ...mine], { signal, timeoutMs: TIMEOUT_MS });
  },
};

export function composeOf({ use: _, ...action }: ComposeAction, before: readonly string[]): ComposeStep {
  return { do: 'compose-services', ...action, before: action.services.filter((one) => before.includes(one)) };
}

/** Services that run. podman-compose can't tell; to start what runs changes nothing there. */
export async function servicesBefore(project: Project): Promise<readonly string[]> {
  if (project.program !== 'docker') return [];
  const text = await runCommand([...compose(project), 'ps', '--services', '--status', 'running']);
  return text.split('\n').filter((line) => line !== '');
}

function starting(step: ComposeStep): readonly string[] {
  // The server is not made anew, whatever else has changed in the file.
  return [...compose(step), 'up', '--detach', '--no-recreate', ...step.services];
}

function compose({ program, file, profile, context }: Project): readonly string[] {
  const to = context === undefined ? [] : ['--context', context];
  const head = program === 'docker' ? ['docker', ...to, 'compose'] : ['podman-compose'];
  return [...head, '--file', file, '--profile', profile];
}
