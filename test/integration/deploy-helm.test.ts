import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../lib/config/index.ts';
import { describeWith, itWith } from '../support/capabilities.ts';
import { CHART, helm, type Manifest, only, render, runHelm, type Values } from '../support/helm.ts';
import { configOf, keeperOf, podOf } from '../support/helm-objects.ts';
import { invalidValues, kubernetesTypes, unknownFields } from '../support/kubernetes.ts';

const EXAMPLES = readdirSync(path.join(CHART, 'examples'));
const example = (name: string) => parse(readFileSync(path.join(CHART, 'examples', name), 'utf8')) as Values;
const EVERYTHING: Values = {
  podMonitor: { enabled: true },
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true },
  dashboards: { enabled: true },
  priorityClass: { create: true },
};

/** By name. */
const VALUES: readonly (readonly [string, Values])[] = [
  ['everything', EVERYTHING],
  ['nothing', {}],
  ...EXAMPLES.map((name) => [name, example(name)] as const),
];

describeWith(helm, 'the Helm chart', () => {
  it.each(VALUES)('passes lint --strict with %s', async (_name, values) => {
    const { code, stdout } = await runHelm(['lint', '--strict', CHART], values);
    expect(stdout).not.toMatch(/\[(WARNING|ERROR)\]/);
    expect(code).toBe(0);
  });

  itWith(
    kubernetesTypes,
    'makes objects that Kubernetes knows, of every example',
    async () => {
      const all = [await render(), await render(EVERYTHING), await render({ ...EVERYTHING, enabled: false })];
      for (const name of EXAMPLES) all.push(await render(example(name)));
      const manifests = all.flat();
      for (const manifest of manifests) expect(await invalidValues(manifest)).toBeNull();
      expect(await unknownFields(manifests)).toBe('');
      const [first] = manifests;
      if (first === undefined) throw new Error('nothing was rendered');
      expect(await unknownFields([{ ...first, spec: { bogus: 1 } }])).toContain('bogus');
    },
    60_000,
  );

  it.each(VALUES)('gives the keeper a configuration that it takes: %s', async (_name, values) => {
    const manifests = await render(values);
    const found = manifests.find(({ data }) => data?.['warmset.yaml'] !== undefined);
    expect(parseConfig(found?.data?.['warmset.yaml'] ?? '').warnings).toEqual([]);
  });

  it('keeps all models where no sets are named, and the sets where they are', async () => {
    expect(configOf(await render()).sets).toMatchObject([
      { name: 'models', targets: ['/models'], order: 'load' },
    ]);
    const { sets, listen } = configOf(await render(example('keeper.yaml')));
    expect(sets.map(({ name }) => name)).toEqual(['llama', 'qwen']);
    expect(listen).toMatchObject({ port: 9464 });
    expect(configOf(await render({ metrics: { enabled: false } })).listen).toBeNull();
    const own = await render({
      config: { listen: '127.0.0.1:9464', guard: false, budget: { maxBytes: 68719476736 } },
    });
    expect(configOf(own)).toMatchObject({
      allowRemote: false,
      guard: false,
      budget: { maxBytes: 68719476736 },
    });
  });

  it('runs on labelled nodes with few rights', async () => {
    const manifests = await render();
    const pod = podOf(only(manifests, 'DaemonSet'));
    expect(pod.nodeSelector).toEqual({ 'warmset/keep': 'true' });
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(keeperOf(manifests).securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const everywhere = podOf(only(await render({ nodeLabel: '' }), 'DaemonSet'));
    expect(everywhere.nodeSelector).toBeUndefined();
  });

  it('is admitted by Pod Security where it uses no path of the node', async () => {
    const pod = podOf(only(await render(example('keeper-claim.yaml')), 'DaemonSet'));
    expect(JSON.stringify(pod.volumes)).not.toContain('hostPath');
    expect(pod.initContainers).toBeUndefined();
  });

  it('upgrades without a gap: the new keeper counts as ready while it waits for the lock of the old one', async () => {
    const manifests = await render();
    expect(only(manifests, 'DaemonSet').spec).toMatchObject({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    expect(keeperOf(manifests).readinessProbe?.httpGet).toEqual({ path: '/healthz', port: 'warmset' });
    expect(JSON.stringify(manifests)).not.toContain('hostPort');
    expect(configOf(manifests).lock).toMatchObject({ directory: '/run/warmset', whenHeld: 'wait' });
  });

  it('starts pods anew when their configuration changes, and only then', async () => {
    const sum = (manifests: readonly Manifest[]) =>
      /"checksum\/warmset":"(\w+)"/.exec(JSON.stringify(only(manifests, 'DaemonSet')))?.[1];
    const before = sum(await render());
    expect(before).toMatch(/^\w{64}$/);
    expect(sum(await render({ podLabels: { team: 'a' } }))).toBe(before);
    expect(sum(await render({ config: { sweep: { interval: '1m' } } }))).not.toBe(before);
  });

  it('renders nothing when it is off, and keeps the pods when only the keeper is', async () => {
    expect(await render({ ...EVERYTHING, enabled: false })).toEqual([]);
    expect(await render({ ...EVERYTHING, global: { warmset: { enabled: false } } })).toEqual([]);
    const idle = await render(example('rolled-back.yaml'));
    expect(keeperOf(idle).env).toContainEqual({ name: 'WARMSET_ENABLED', value: '0' });
    expect(configOf(idle).enabled).toBe(false);
    const server = await render({ ...example('vllm.yaml'), enabled: false });
    const pod = podOf(only(server, 'Deployment'));
    expect(pod.containers.map(({ name }) => name)).toEqual(['vllm']);
    expect(pod.initContainers).toBeUndefined();
    expect(pod.volumes.map(({ name }) => name)).toEqual(['models', 'shm']);
  });

  it('puts a server beside its keeper by values alone', async () => {
    const manifests = await render(example('vllm.yaml'));
    const pod = podOf(only(manifests, 'Deployment'));
    const [init, sidecar] = pod.initContainers ?? [];
    expect(init?.args).toEqual([
      'keep',
      '--config=/etc/warmset/warmset.yaml',
      '--once',
      '--deadline=5m',
      '--best-effort',
    ]);
    expect(sidecar).toMatchObject({ name: 'warmset', restartPolicy: 'Always' });
    // A keeper that isn't well must not take the server out of service.
    expect(sidecar).not.toHaveProperty('readinessProbe');
    expect(sidecar).not.toHaveProperty('startupProbe');
    const plain = podOf(
      only(
        await render({
          ...example('vllm.yaml'),
          server: { ...(example('vllm.yaml').server as object), sidecar: 'plain', init: false },
        }),
        'Deployment',
      ),
    );
    expect(plain.initContainers).toBeUndefined();
    expect(plain.containers.map(({ name }) => name)).toEqual(['vllm', 'warmset']);
  });

  it('carries the alerts, with links where they are wanted', async () => {
    const rule = only(
      await render({ prometheusRule: { enabled: true, runbookUrlPrefix: 'https://a.example/w' } }),
      'PrometheusRule',
    );
    const source = parse(readFileSync(path.join(CHART, '../../prometheus/rules.yml'), 'utf8')) as Values;
    const spec = JSON.stringify(rule.spec);
    expect(spec.replaceAll('https://a.example/w/docs/', 'docs/')).toBe(JSON.stringify(source));
    expect(spec).toContain('"runbook_url":"https://a.example/w/docs/runbook.md#warmsetdown"');
    expect(spec).not.toContain('"runbook_url":"docs/');
  });

  it('is known to the rules by the job that it gives itself', async () => {
    for (const name of ['PodMonitor', 'ServiceMonitor']) {
      const monitor = only(await render(EVERYTHING), name);
      expect(JSON.stringify(monitor.spec)).toContain('{"targetLabel":"job","replacement":"warmset"}');
    }
  });
});
