import { z } from 'zod';
import { PATH, type StepKind } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { findUse } from '../in-use.ts';

const schema = z.strictObject({
  do: z.literal('expect-unused'),
  path: PATH,
  /** `apply`: before the next step is done. `undo`: before those in front of it are undone. */
  before: z.enum(['apply', 'undo']),
});

export type ExpectUnused = z.infer<typeof schema>;

/**
 * Refuses to go on while somebody uses a directory. The last step of a change has it for the removal, so that one that
 * can't be completed isn't begun.
 */
export const expectUnusedStep: StepKind<ExpectUnused> = {
  do: 'expect-unused',
  schema,
  describe: ({ path, before }) =>
    before === 'apply'
      ? `look again that nobody uses ${path}`
      : `when it is removed: look that nobody uses ${path}`,
  command: ({ path }) => ['lsof', '+D', path],
  isDone: async () => false,
  apply: (step) => (step.before === 'apply' ? expect(step.path) : Promise.resolve()),
  undo: (step) => (step.before === 'undo' ? expect(step.path) : Promise.resolve()),
};

async function expect(path: string): Promise<void> {
  const use = await findUse(path);
  if (use.state !== 'used') return;
  throw new WarmsetError('WARMSET_CHANGE', `${path} is in use by ${use.by}`, {
    subject: path,
    remedy: 'stop what uses it, then try again',
  });
}
