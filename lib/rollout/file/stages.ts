/** What a stage acts on, as a rollout's file describes it. */
import { z } from 'zod';
import { absolutePath, oneOf, share, text, wholeNumber } from '../../config/values.ts';
import { MATCHERS } from './gates.ts';

// None of them can be taken for an option, or for a part of another argument.
const word = (form: RegExp, what: string) => text(form, what);
const dnsName = () => word(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'is no name of Kubernetes');
const remoteName = () =>
  word(/^[A-Za-z0-9][\w.@:/-]{0,252}$/, 'must begin with a letter or a digit, without blanks');
const labelKey = () =>
  word(/^([a-z0-9][a-z0-9.-]{0,251}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, 'is no key of a label');
const labelValue = () => word(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, 'is no value of a label');

/** What a release can be given, and given back, without quoting of Helm's own. */
export const HELM_VALUE = z.union([
  z.boolean(),
  z.number(),
  word(/^[\w][\w .:/@%+-]{0,200}$/, 'may hold letters, digits, blanks and . : / @ % + - only'),
]);

export const helmKey = () =>
  word(/^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*){0,9}$/, 'must be keys with points between them');

export const HELM = z
  .strictObject({
    use: z.literal('helm'),
    release: dnsName(),
    namespace: dnsName(),
    chart: word(/^[A-Za-z0-9./][\w.:/-]{0,252}$/, 'must be a path or a name of a chart'),
    version: word(/^[\w][\w.+-]{0,60}$/, 'is no version').optional(),
    context: remoteName().optional(),
    set: z.record(helmKey(), HELM_VALUE),
  })
  .meta({ description: 'Sets values of a release; every other value stays as it is.' });

export const NODE_LABEL = z
  .strictObject({
    use: z.literal('node-label'),
    node: dnsName(),
    label: labelKey(),
    value: labelValue(),
    context: remoteName().optional(),
  })
  .meta({ description: 'Labels a node, for a DaemonSet that goes by it.' });

export const serviceName = () => word(/^[A-Za-z0-9][\w.-]{0,62}$/, 'is no name of a service');

export const COMPOSE = z
  .strictObject({
    use: z.literal('compose'),
    program: oneOf(['docker', 'podman-compose']).prefault('docker'),
    file: absolutePath(),
    profile: word(/^[A-Za-z0-9][\w.-]{0,62}$/, 'is no name of a profile'),
    services: z.array(serviceName()).min(1),
    context: remoteName().optional(),
  })
  .meta({ description: 'Starts services of a profile; the others are left alone.' });

export const SYSTEMD = z
  .strictObject({
    use: z.literal('systemd'),
    unit: word(/^[A-Za-z0-9][\w.@:\\-]{0,250}\.(service|timer|target|socket|path)$/, 'is no name of a unit'),
    host: word(/^([A-Za-z0-9][\w.-]*@)?[A-Za-z0-9][\w.-]*$/, 'must be HOST or USER@HOST').optional(),
  })
  .meta({ description: 'Enables a unit and starts it, here or by SSH.' });

export const ACTION = z.discriminatedUnion('use', [HELM, NODE_LABEL, COMPOSE, SYSTEMD]);

/** Which series are a side's. */
export const SIDE = z.strictObject({
  server: MATCHERS.prefault({}).meta({ description: 'Labels of its model servers.' }),
  node: MATCHERS.prefault({}).meta({ description: 'Labels of its keepers and nodes.' }),
  replicas: wholeNumber({ least: 1, most: 100_000 })
    .optional()
    .meta({ description: 'How many servers there must be. Fewer fail closed.' }),
  nodes: wholeNumber({ least: 1, most: 100_000 })
    .optional()
    .meta({ description: 'How many keepers there must be.' }),
});

export const STAGE = z.strictObject({
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be of letters a-z, digits and -, at most 40'),
  footprint: share().optional().meta({ description: 'Share of the serving footprint, for the plan.' }),
  canary: SIDE.optional().meta({
    description: 'Instead of the canary of the whole file, from this stage on.',
  }),
  control: SIDE.optional(),
  gates: z
    .array(z.string())
    .min(1)
    .optional()
    .meta({ description: 'Names of the gates that must pass before the next stage. Without it: all.' }),
  actions: z.array(ACTION).min(1),
});

export type Action = z.infer<typeof ACTION>;
export type SideSelectors = z.infer<typeof SIDE>;
export type Stage = z.infer<typeof STAGE>;
