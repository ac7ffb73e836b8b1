import { z } from 'zod';
import { runCommand, type StepKind } from '../../change/index.ts';
import { isRecord } from '../../probe/ttft/token-stream.ts';
import { NODE_LABEL } from '../file/stages.ts';

const SCHEMA = NODE_LABEL.omit({ use: true }).extend({
  do: z.literal('node-label'),
  /** `null` where there was none. */
  before: z
    .string()
    .regex(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/)
    .nullable(),
});

export type NodeLabelStep = z.infer<typeof SCHEMA>;
type NodeLabelAction = z.infer<typeof NODE_LABEL>;

export const nodeLabelStep: StepKind<NodeLabelStep> = {
  do: 'node-label',
  schema: SCHEMA,
  describe: ({ node, label, value }) => `label the node ${node} with ${label}=${value}`,
  command: (step) => labelling(step, step.value),
  isDone: async (step) => (await labelBefore(step)) === step.value,
  apply: async (step, { signal }) => {
    await runCommand(labelling(step, step.value), { signal });
  },
  undo: async (step, { signal }) => {
    await runCommand(labelling(step, step.before), { signal });
  },
};

/** @param before what was there; `null` for nothing */
export function nodeLabelOf({ use: _, ...action }: NodeLabelAction, before: string | null): NodeLabelStep {
  return { do: 'node-label', ...action, before };
}

/** What the label says now; `null` where there is none. */
export async function labelBefore({
  node,
  label,
  context,
}: Pick<NodeLabelAction, 'node' | 'label' | 'context'>): Promise<string | null> {
  const text = await runCommand(['kubectl', ...where(context), 'get', 'node', node, '--output', 'json']);
  const found: unknown = JSON.parse(text);
  const labels = isRecord(found) && isRecord(found.metadata) ? found.metadata.labels : undefined;
  const value = isRecord(labels) && Object.hasOwn(labels, label) ? labels[label] : null;
  return typeof value === 'string' ? value : null;
}

function labelling({ node, label, context }: NodeLabelStep, value: string | null): readonly string[] {
  const change = value === null ? [`${label}-`] : [`${label}=${value}`, '--overwrite'];
  return ['kubectl', ...where(context), 'label', 'node', node, ...change];
}

function where(context: string | undefined): readonly string[] {
  return context === undefined ? [] : ['--context', context];
}
