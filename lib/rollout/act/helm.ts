import { z } from 'zod';
import { runCommand, type StepContext, type StepKind } from '../../change/index.ts';
import { WarmsetError } from '../../errors.ts';
import { isRecord } from '../../probe/ttft/token-stream.ts';
import { HELM, HELM_VALUE, helmKey } from '../file/stages.ts';

const VALUES = z.record(helmKey(), HELM_VALUE);

const SCHEMA = HELM.omit({ use: true }).extend({
  do: z.literal('helm-values'),
  /** What each key had among the release's own values; `null` where it had none. */
  before: z.record(helmKey(), HELM_VALUE.nullable()),
});

export type HelmStep = z.infer<typeof SCHEMA>;
type HelmAction = z.infer<typeof HELM>;
type Value = z.infer<typeof HELM_VALUE> | null;

// A chart waits for its pods, and these for their images.
const HELM_WAITS = '10m';
const TIMEOUT_MS = 660_000;

export const helmStep: StepKind<HelmStep> = {
  do: 'helm-values',
  schema: SCHEMA,
  describe: ({ release, namespace, set }) =>
    `set ${Object.keys(set).join(', ')} of the release ${release} in ${namespace}`,
  command: (step) => upgrade(step, step.set),
  isDone: async (step) => {
    const now = await helmBefore(step);
    return Object.entries(step.set).every(([key, value]) => now[key] === value);
  },
  apply: async (step, context) => run(upgrade(step, step.set), context),
  undo: async (step, context) => run(upgrade(step, step.before), context),
};

/** @param before what was there; `null` where nobody looked: an undo then takes the chart's own values */
export function helmOf({ use: _, ...action }: HelmAction, before: Record<string, Value> | null): HelmStep {
  const nothing = Object.fromEntries(Object.keys(action.set).map((key) => [key, null]));
  return { do: 'helm-values', ...action, before: before ?? nothing };
}

/** What the release's own values say now of the keys. */
export async function helmBefore({
  release,
  namespace,
  context,
  set,
}: Pick<HelmAction, 'release' | 'namespace' | 'context' | 'set'>): Promise<Record<string, Value>> {
  const text = await runCommand([
    'helm',
    'get',
    'values',
    release,
    '--namespace',
    namespace,
    ...kube(context),
    '--output',
    'json',
  ]);
  const values: unknown = JSON.parse(text);
  return Object.fromEntries(Object.keys(set).map((key) => [key, valueAt(values, key)]));
}

function valueAt(values: unknown, key: string): Value {
  const found = key
    .split('.')
    .reduce<unknown>(
      (value, part) => (isRecord(value) && Object.hasOwn(value, part) ? value[part] : null),
      values,
    );
  const read = VALUES.safeParse({ [key]: found });
  if (found === null) return null;
  if (read.success) return read.data[key] ?? null;
  throw new WarmsetError(
    'WARMSET_ROLLOUT',
    `the release has something at ${key} that could not be put back`,
    {
      subject: key,
      remedy: 'name keys of single values',
    },
  );
}

function upgrade(
  { release, namespace, chart, version, context }: HelmStep,
  values: Readonly<Record<string, Value>>,
): readonly string[] {
  return [
    'helm',
    'upgrade',
    release,
    chart,
    '--namespace',
    namespace,
    ...kube(context),
    ...(version === undefined ? [] : ['--version', version]),
    '--reuse-values',
    ...Object.entries(values).flatMap(([key, value]) => [
      typeof value === 'string' ? '--set-string' : '--set',
      `${key}=${String(value)}`,
    ]),
    '--wait',
    '--timeout',
    HELM_WAITS,
  ];
}

function kube(context: string | undefined): readonly string[] {
  return context === undefined ? [] : ['--kube-context', context];
}

async function run(command: readonly string[], { signal }: StepContext): Promise<void> {
  await runCommand(command, { signal, timeoutMs: TIMEOUT_MS });
}
