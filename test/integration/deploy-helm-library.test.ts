import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseSize } from '../../lib/units.ts';
import { describeWith, itWith } from '../support/capabilities.ts';
import { foreignChart, helm, only, refusal, render, runHelm, type Values } from '../support/helm.ts';
import { configOf, podOf } from '../support/helm-objects.ts';
import { invalidValues, kubernetesTypes, unknownFields } from '../support/kubernetes.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temp.ts';

/** A serving chart; `WITH` is what stands behind the template's name. */
const SERVING = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: llm
spec:
  selector: {matchLabels: {app: llm}}
  template:
    metadata:
      labels: {app: llm}
      annotations:
        {{- include "warmset.podAnnotations" WITH | nindent 8 }}
    spec:
      initContainers:
        {{- include "warmset.initContainer" WITH | nindent 8 }}
        {{- include "warmset.nativeSidecar" WITH | nindent 8 }}
      containers:
        - name: server
          image: llm
          volumeMounts: [{name: models, mountPath: /models}]
      volumes:
        - name: models
          emptyDir: {}
        {{- include "warmset.volumes" WITH | nindent 8 }}
`;
const serving = (how = '.') => SERVING.replaceAll('WITH', how);

describeWith(helm, "warmset in somebody else's chart", () => {
  let directory: TemporaryDirectory;
  const made = new Map<string, string>();
  const chart = async (name: string, template = serving(), dependencies: readonly string[] = ['warmset']) => {
    const known = made.get(name) ?? (await foreignChart(directory, { name, template, dependencies }));
    made.set(name, known);
    return known;
  };
  const podIn = async (at: string, values: Values = {}) =>
    podOf(only(await render(values, { chart: at }), 'Deployment'));
  beforeAll(async () => {
    directory = await temporaryDirectory('helm');
  });
  afterAll(async () => void (await directory?.[Symbol.asyncDispose]()));

  it('is included in one line each, without a value of its own', async () => {
    const manifests = await render({}, { chart: await chart('llm-server') });
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'Deployment']);
    const pod = podOf(only(manifests, 'Deployment'));
    expect(pod.initContainers?.map(({ name }) => name)).toEqual(['warmset-init', 'warmset']);
    expect(pod.volumes).toEqual([
      { name: 'models', emptyDir: {} },
      { name: 'warmset-config', configMap: { name: only(manifests, 'ConfigMap').metadata.name } },
      { name: 'warmset-lock', emptyDir: { sizeLimit: '1Mi' } },
    ]);
    expect(configOf(manifests).sets).toMatchObject([{ targets: ['/models'] }]);
  });

  itWith(kubernetesTypes, 'makes a pod that Kubernetes knows', async () => {
    const values = { warmset: { podMonitor: { enabled: true }, lock: { scope: 'node' }, setSize: '4Gi' } };
    const manifests = await render(values, { chart: await chart('llm-server') });
    for (const manifest of manifests) expect(await invalidValues(manifest)).toBeNull();
    expect(await unknownFields(manifests)).toBe('');
  });

  it.each(['warmset', 'prewarm', 'modelCache'])(
    'takes its values below the name of the dependency: %s',
    async (name) => {
      const at = await chart(`serving-${name}`, serving(), [name]);
      const values = {
        [name]: { setSize: '8Gi', image: { registry: 'r.example' }, init: { deadline: '90s' } },
      };
      const manifests = await render(values, { chart: at });
      const [init] = podOf(only(manifests, 'Deployment')).initContainers ?? [];
      expect(init).toMatchObject({ name: `${name.toLowerCase()}-init`, image: 'r.example/warmset:0.1.0' });
      expect(init?.args).toContain('--deadline=90s');
      expect(init?.resources.limits?.memory).toBe('8710Mi');
      const volume = podOf(only(manifests, 'Deployment')).volumes.find(
        ({ name: one }) => one === `${name.toLowerCase()}-config`,
      );
      expect(volume).toMatchObject({ configMap: { name: only(manifests, 'ConfigMap').metadata.name } });
      const wrong = await refusal({ [name]: { setSizes: 1 } }, at);
      expect(wrong).toContain("additional properties 'setSizes' not allowed");
      expect(
        await refusal({ [name]: { setSize: '8Gi', resources: { limits: { memory: '8Gi' } } } }, at),
      ).toContain('is too small');
    },
  );

  it('takes values that stand in the include, over those of the chart', async () => {
    const at = await chart('overlaid', serving('(dict "root" . "values" .Values.mine)'));
    const pod = await podIn(at, { mine: { setSize: '1Gi' }, warmset: { init: { deadline: '7s' } } });
    const [init] = pod.initContainers ?? [];
    expect(init?.args).toContain('--deadline=7s');
    expect(init?.resources.limits?.memory).toBe('1320Mi');
  });

  it('tells two dependencies apart by what they are called', async () => {
    const values = { first: { fullnameOverride: 'one' }, second: { init: { deadline: '3s' } } };
    const two = await chart('two', serving('(dict "root" . "as" "second")'), ['first', 'second']);
    expect((await podIn(two, values)).initContainers?.[0]).toMatchObject({ name: 'second-init' });
    const unclear = await chart('unclear', serving(), ['first', 'second']);
    expect(await refusal(values, unclear)).toContain(
      'has several warmset dependencies (first, second): say which',
    );
    const wrong = await chart('wrong', serving('(dict "root" . "as" "third")'), ['first', 'second']);
    expect(await refusal(values, wrong)).toContain(
      'no warmset dependency called "third"; it has: first, second',
    );
  });

  it('heeds global values, of a chart two above it, too', async () => {
    const at = await chart('inner');
    const above = directory.file('umbrella');
    await mkdir(path.join(above, 'templates'), { recursive: true });
    await writeFile(
      path.join(above, 'Chart.yaml'),
      stringify({
        apiVersion: 'v2',
        name: 'umbrella',
        version: '1.0.0',
        dependencies: [{ name: 'inner', version: '1.0.0' }],
      }),
    );
    await mkdir(path.join(above, 'charts'));
    const packed = await runHelm(['package', at, '--destination', path.join(above, 'charts')]);
    expect(packed.code, packed.stderr).toBe(0);
    const global = { imageRegistry: 'mirror.example', warmset: { enabled: true } };
    const pod = await podIn(above, { global });
    expect(pod.initContainers?.map((container) => container)).toMatchObject([
      { image: 'mirror.example/warmset:0.1.0' },
      { image: 'mirror.example/warmset:0.1.0' },
    ]);
    const off = await podIn(above, { global: { warmset: { enabled: false } } });
    expect(off.initContainers).toBeNull();
  });

  it('leaves nothing of itself where it is switched off', async () => {
    const values = { warmset: { enabled: false, podMonitor: { enabled: true } } };
    const manifests = await render(values, { chart: await chart('llm-server') });
    expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(JSON.stringify(manifests)).not.toContain('warmset');
  });

  it('is a keeper in a chart of charts that asks for it', async () => {
    const at = await chart('bundle', '');
    const manifests = await render({ warmset: { mode: 'keeper' } }, { chart: at, release: 'site' });
    expect(only(manifests, 'DaemonSet').metadata.name).toBe('site-warmset');
  });

  it('gives the lock of the node to the user, where the pod shares it', async () => {
    const pod = await podIn(await chart('llm-server'), { warmset: { lock: { scope: 'node' } } });
    expect(pod.initContainers?.map(({ name }) => name)).toEqual([
      'warmset-prepare',
      'warmset-init',
      'warmset',
    ]);
    expect(pod.initContainers?.[0]?.securityContext).toMatchObject({
      capabilities: { drop: ['ALL'], add: ['CHOWN'] },
    });
  });

  it('says what an old Kubernetes lacks, and what a chart without the dependency does', async () => {
    const words = ['--kube-version', '1.28.0'];
    await expect(render({}, { chart: await chart('llm-server'), words })).rejects.toThrow(
      'a native sidecar needs Kubernetes 1.29, this is v1.28.0: include "warmset.sidecar"',
    );
    const outside =
      '{{ include "warmset.volumes" (dict "root" (dict "Chart" (dict "Name" "x") "Subcharts" dict)) }}';
    expect(await refusal({}, await chart('outside', outside))).toContain(
      'does not have it among its own dependencies',
    );
  });

  it('counts quantities as Kubernetes does, and sizes as warmset does', async () => {
    const at = await chart('arithmetic', ARITHMETIC);
    const whole = fc.nat(4_000_000).map(String);
    const part = fc.tuple(fc.nat(9999), fc.nat(999)).map(([a, b]) => `${a}.${b}`);
    const quantity = fc.tuple(fc.oneof(whole, part), fc.constantFrom(...Object.keys(FACTORS)));
    const size = fc.tuple(
      fc.oneof(whole, part),
      fc.constantFrom('KiB', 'k', 'KB', 'MiB', ' m', 'MB', 'GiB', 'G', 'gb'),
    );
    const quantities = [
      ...fc.sample(quantity, 200),
      ['10', 'm'],
      ['2', 'e9'],
      ['0', ''],
    ] as readonly (readonly string[])[];
    const sizes = [...fc.sample(size, 200).map((pair) => pair.join('')), '7Ti', '1.5TB', '2PiB', '7b'];
    const lists = { quantities: quantities.map((pair) => pair.join('')), sizes };
    const manifests = await render({ ...lists, warmset: { enabled: false } }, { chart: at });
    const { quantities: counted = '', sizes: measured = '' } = only(manifests, 'ConfigMap').data ?? {};
    const close = (found: string[], texts: readonly string[], expected: readonly number[]) =>
      expected.forEach((bytes, index) => {
        const text = texts[index] ?? '';
        // Helm counts in floats: a fraction may be a byte off, and products beyond 2^53 lose their last bits.
        const apart = bytes >= 2 ** 53 ? bytes / 2 ** 50 : text.includes('.') ? 1 : 0;
        expect(Math.abs(Number(found[index]) - bytes), text).toBeLessThanOrEqual(apart);
      });
    close(
      counted.split(' '),
      lists.quantities,
      quantities.map(([digits = '', unit = '']) => count(digits, unit)),
    );
    close(
      measured.split(' '),
      sizes,
      sizes.map((text) => parseSize(text)),
    );
  });
});

const ARITHMETIC = `apiVersion: v1
kind: ConfigMap
metadata: {name: arithmetic}
data:
  quantities: {{ range .Values.quantities }}{{ include "warmset.quantityBytes" (dict "value" . "what" "it") }} {{ end }}
  sizes: {{ range .Values.sizes }}{{ include "warmset.sizeBytes" (dict "value" . "what" "it") }} {{ end }}
`;

const FACTORS: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
};

/** Exact, rounded up. */
function count(digits: string, unit: string): number {
  const [integer = '', fraction = ''] = digits.split('.');
  const divisor = 10n ** BigInt(fraction.length) * (unit === 'm' ? 1000n : 1n);
  const factor = unit === 'e9' ? 10n ** 9n : (FACTORS[unit] ?? 1n);
  const scaled = BigInt(integer + fraction) * factor;
  return Number((scaled + divisor - 1n) / divisor);
}
