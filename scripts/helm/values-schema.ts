/** The values of the Helm chart; deploy/helm/warmset/values.schema.json is made of this and of the configuration's schema. */
import { z } from 'zod';
import { SCHEMA } from '../../lib/config/schema.ts';
import { KINDS } from '../../lib/config/values.ts';
import * as k from './kubernetes.ts';
import { PATTERNS, QUANTITY } from './patterns.ts';

const IMAGE = z.strictObject({
  registry: k.text(),
  repository: z.string().min(1),
  tag: k.text(),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
});

const MODEL = z
  .strictObject({
    name: k.dnsLabel().describe('Name of the volume in the pod.'),
    mountPath: k.absolutePath().describe('Where the server has it: targets are named by the same path.'),
    hostPath: k.absolutePath().optional().describe('A directory of the node.'),
    claimName: z.string().min(1).optional().describe('A PersistentVolumeClaim, mounted read-only.'),
    volume: k.object().optional().describe('Any other source of a volume, as Kubernetes writes it.'),
    subPath: z.string().min(1).optional(),
    hfHome: z.boolean().optional().describe('It is a Hugging Face cache: sets HF_HOME, for hf: targets.'),
  })
  .describe('A directory with models.');

const scrape = {
  enabled: z.boolean(),
  interval: k.interval(),
  scrapeTimeout: k.interval(),
  labels: k.labels(),
  relabelings: k.objects(),
  metricRelabelings: k.objects(),
};

const SERVER = z.strictObject({
  replicas: z.int().min(0),
  container: k.object().describe("The model server's container, as Kubernetes writes it."),
  init: z.boolean().describe('Whether the set is made resident before the server starts.'),
  sidecar: z.enum(['native', 'plain', 'none']),
  strategy: k.object(),
  volumes: k.objects(),
  podSecurityContext: k.object(),
  service: z.strictObject({ enabled: z.boolean(), port: z.int().min(1).max(65_535) }),
});

const VALUES = z
  .strictObject({
    enabled: z.boolean().describe('The feature flag. false renders nothing.'),
    mode: z.enum(['auto', 'keeper', 'library', 'server']),
    nameOverride: z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/),
    fullnameOverride: z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/),
    commonLabels: k.labels(),
    image: IMAGE,
    imagePullSecrets: z.array(z.strictObject({ name: k.text() })),
    config: z.unknown(),
    models: z.array(MODEL),
    setSize: z.union([z.int().min(0), z.string().regex(new RegExp(`^$|${QUANTITY}`))]),
    keeperMemory: k.quantity(),
    resources: k.resources(),
    lock: z.strictObject({
      scope: z.enum(['auto', 'node', 'pod']),
      hostPath: k.absolutePath(),
      prepare: z.boolean(),
    }),
    state: z.strictObject({ hostPath: z.string().regex(/^$|^\//) }),
    runAs: z.strictObject({ user: k.id(), group: k.id() }),
    capabilities: z.array(z.string().regex(/^[A-Z_]+$/)),
    seccompProfile: k.seccompProfile(),
    podSecurityContext: k.object(),
    securityContext: k.object(),
    hostPID: z.boolean(),
    metrics: z.strictObject({
      enabled: z.boolean(),
      host: z.string().min(1),
      port: z.int().min(1024).max(65_535),
    }),
    probes: z.strictObject({ periodSeconds: z.int().min(1), failureThreshold: z.int().min(1) }),
    serviceAccount: z.strictObject({ create: z.boolean(), name: k.text(), annotations: k.annotations() }),
    podAnnotations: k.annotations(),
    podLabels: k.labels(),
    extraEnv: k.objects(),
    extraVolumes: k.objects(),
    extraVolumeMounts: k.objects(),
    nodeLabel: k.nodeLabel(),
    nodeSelector: k.labels(),
    tolerations: k.objects(),
    affinity: k.object(),
    topologySpreadConstraints: k.objects(),
    priorityClass: z.strictObject({
      create: z.boolean(),
      name: k.text(),
      value: z.int().min(-2_147_483_648).max(1_000_000_000),
    }),
    updateStrategy: k.object(),
    minReadySeconds: z.int().min(0),
    terminationGracePeriodSeconds: z.int().min(0),
    init: z.strictObject({
      deadline: z.string().regex(new RegExp(PATTERNS.duration ?? '')),
      required: z.boolean().describe('Whether the server waits until the share is resident, for ever.'),
    }),
    server: SERVER,
    podMonitor: z.strictObject({ ...scrape, matchLabels: k.labels() }),
    serviceMonitor: z.strictObject(scrape),
    prometheusRule: z.strictObject({
      enabled: z.boolean(),
      labels: k.labels(),
      runbookUrlPrefix: k.text(),
    }),
    dashboards: z.strictObject({
      enabled: z.boolean(),
      namespace: k.text(),
      labels: k.labels(),
      annotations: k.annotations(),
    }),
    networkPolicy: z.strictObject({ enabled: z.boolean(), from: k.objects() }),
    global: k.object().describe('Set by charts above: warmset.enabled, imageRegistry, imagePullSecrets.'),
  })
  .partial();

/** JSON Schema draft 7, which every Helm 3 and 4 reads. */
export function valuesSchema(): object {
  const schema = { ...toSchema(VALUES), title: 'Values of the warmset chart' };
  const { $schema: _schema, required: _required, title: _title, ...config } = toSchema(SCHEMA);
  const properties = {
    ...schema.properties,
    config: { ...config, description: 'The content of warmset.yaml.' },
  };
  return flatten({ ...schema, properties }) as object;
}

function toSchema(schema: z.ZodType): Record<string, unknown> & { properties?: object } {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      // A default here would be a second source beside values.yaml and the keeper's own.
      delete jsonSchema.default;
      const kind = KINDS.get(zodSchema)?.kind;
      const pattern = kind && PATTERNS[kind];
      if (pattern !== undefined) jsonSchema.pattern = pattern;
    },
  });
}

const SCALAR_KEYS: ReadonlySet<string> = new Set(['type', 'pattern', 'minimum', 'maximum']);

/** One type of several names instead of a choice of types: Helm then says one thing about a wrong value instead of three. */
function flatten(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(flatten);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, flatten(value)] as const);
  const { anyOf, ...rest } = Object.fromEntries(entries);
  if (!Array.isArray(anyOf)) return Object.fromEntries(entries);
  const scalars = anyOf.every((one: object) => Object.keys(one).every((key) => SCALAR_KEYS.has(key)));
  if (!scalars) return { ...rest, anyOf };
  return Object.assign({}, rest, ...anyOf, { type: anyOf.flatMap(({ type }: { type: unknown }) => type) });
}
