import { z } from 'zod';
import { PATH, type StepKind } from '../../change/index.ts';

const schema = z.strictObject({
  do: z.literal('request'),
  /** What was asked for, in a form in which equal wishes are equal. */
  wish: z.string().max(100_000),
  /** This node's own directory for the change. */
  local: PATH,
});

export type Request = z.infer<typeof schema>;

/** Does nothing: it lies in the journal, so that the same wish is recognised when it comes again. */
export const requestStep: StepKind<Request> = {
  do: 'request',
  schema,
  describe: () => 'write down in the journal what was asked for',
  command: () => null,
  isDone: async () => false,
  apply: async () => {},
  undo: async () => {},
};
