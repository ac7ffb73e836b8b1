import { expect, it } from 'vitest';
import { describeWith } from '../support/capabilities.ts';
import { helm, refusal, render, type Values } from '../support/helm.ts';
import { configOf, keeperOf } from '../support/helm-objects.ts';

describeWith(helm, 'values that the chart refuses', () => {
  it.each<[string, Values, RegExp]>([
    ['an unknown key', { nodeSelectors: {} }, /additional properties 'nodeSelectors' not allowed/],
    [
      'an unknown key of the configuration',
      { config: { sweeps: {} } },
      /at '\/config': additional properties 'sweeps'/,
    ],
    [
      'a section with a wrong key',
      { config: { sweep: { intervall: 3 } } },
      /at '\/config\/sweep': .*'intervall'/,
    ],
    [
      'a set without targets',
      { config: { sets: [{ name: 'a' }] } },
      /at '\/config\/sets\/0': missing property 'targets'/,
    ],
    [
      'a size of no unit',
      { config: { budget: { maxBytes: '40Gigs' } } },
      /at '\/config\/budget\/maxBytes': '40Gigs'/,
    ],
    [
      'a duration in words',
      { config: { sweep: { interval: 'soon' } } },
      /at '\/config\/sweep\/interval': 'soon'/,
    ],
    [
      'an engine that there is none of',
      { config: { fill: { engine: 'mmap' } } },
      /'populate', 'sendfile', 'read', 'willneed'/,
    ],
    ['a mode that there is none of', { mode: 'deamonset' }, /'auto', 'keeper', 'library', 'server'/],
    ['a quantity of no unit', { keeperMemory: '256MiB' }, /at '\/keeperMemory': '256MiB'/],
    ['a user by name', { runAs: { user: 'root' } }, /at '\/runAs\/user': got string, want integer/],
    [
      'a seccomp profile without its file',
      { seccompProfile: { type: 'Localhost' } },
      /missing property 'localhostProfile'/,
    ],
    [
      'a relative path',
      { models: [{ name: 'a', mountPath: 'models' }] },
      /at '\/models\/0\/mountPath': 'models'/,
    ],
    [
      'a volume without a name',
      { models: [{ mountPath: '/models' }] },
      /at '\/models\/0': missing property 'name'/,
    ],
    ['a port for root', { metrics: { port: 80 } }, /at '\/metrics\/port': minimum: got 80, want 1,?024/],
    ['a node label with a space', { nodeLabel: 'keep it' }, /at '\/nodeLabel': 'keep it'/],
    [
      'two sources of one volume',
      { models: [{ name: 'a', mountPath: '/a', hostPath: '/a', claimName: 'a' }] },
      /several sources \(hostPath, claimName\): keep one/,
    ],
    [
      'capabilities that have no effect',
      { capabilities: ['FOWNER'] },
      /Kubernetes gives added capabilities to user 0 alone/,
    ],
    ['nothing to keep', { models: [] }, /there is nothing to keep/],
    [
      'a monitor of what nobody serves',
      { podMonitor: { enabled: true }, metrics: { enabled: false } },
      /needs metrics\.enabled/,
    ],
    ['a server without a container', { mode: 'server' }, /needs server\.container with an image/],
  ])('%s', async (_what, values, message) => {
    expect(await refusal(values)).toMatch(message);
  });
});

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

describeWith(helm, 'budget and memory limit', () => {
  const limitOf = async (values: Values) => keeperOf(await render(values)).resources.limits?.memory;

  it.each<[string, Values, number]>([
    ['the budget', { config: { budget: { maxBytes: '40GiB' } } }, 40 * GIB],
    ['the size of the set', { setSize: '16Gi' }, 16 * GIB],
    ['the quotas, where each set has one', { config: { sets: quotas('8GiB', '4GB') } }, 8 * GIB + 4e9],
    [
      'the least of them',
      { setSize: '1500M', config: { budget: { maxBytes: '40G' }, sets: quotas('8GiB', '8GiB') } },
      1500e6,
    ],
    ['a set of a few bytes', { setSize: 4096 }, 4096],
  ])('the limit is computed from %s', async (_what, values, setBytes) => {
    const limit = await limitOf(values);
    const bytes = Number(/^(\d+)Mi$/.exec(limit ?? '')?.[1]) * MIB;
    // What warmset itself leaves free of a cgroup's limit: lib/budget.
    const left = bytes - Math.max(8 * MIB, Math.ceil(bytes * 0.03)) - 256 * MIB;
    expect(left).toBeGreaterThanOrEqual(setBytes);
    expect(left).toBeLessThan(setBytes + 2 * MIB);
  });

  it('has no limit where nobody knows how large the set is', async () => {
    expect(await limitOf({})).toBeUndefined();
    expect(
      await limitOf({ config: { sets: [...quotas('8GiB'), { name: 'b', targets: ['/models'] }] } }),
    ).toBeUndefined();
    expect(await limitOf({ config: { budget: { maxBytes: null } } })).toBeUndefined();
  });

  it.each<[string, Values]>([
    ['the budget', { config: { budget: { maxBytes: '40GiB' } }, resources: { limits: { memory: '40Gi' } } }],
    [
      'the quotas',
      { config: { sets: quotas('8GiB', '8GiB') }, resources: { limits: { memory: '16384Mi' } } },
    ],
    ['the set', { setSize: '16Gi', resources: { limits: { memory: '17G' } } }],
    ['the set, by what must stay free', { setSize: '16Gi', resources: { limits: { memory: '16640Mi' } } }],
    ['the keeper itself', { resources: { limits: { memory: '128Mi' } } }],
  ])('a limit smaller than %s is refused with its reason', async (_what, values) => {
    const message = await refusal(values);
    expect(message).toContain('is too small');
    expect(message).toContain('charges cached pages to the cgroup of whoever reads them first');
    const least = /that is (\d+Mi) at least/.exec(message)?.[1];
    const roomy = { ...values, resources: { limits: { memory: least } } };
    expect(await limitOf(roomy)).toBe(least);
  });

  it('of a server is refused where only an init container fills, and the set has no room in it', async () => {
    const resources = { limits: { memory: '8Gi' } };
    const server = { container: { image: 'llm', resources }, service: { enabled: false } };
    const values = {
      mode: 'server',
      setSize: '16Gi',
      models: [{ name: 'models', mountPath: '/m', claimName: 'm' }],
    };
    const message = await refusal({ ...values, server: { ...server, sidecar: 'none' } });
    expect(message).toContain('less than the 16.0 GiB that the init container makes resident');
    expect(await render({ ...values, server })).not.toEqual([]);
  });

  it('a smaller set under the same limit is taken', async () => {
    expect(await limitOf({ setSize: '15Gi', resources: { limits: { memory: '16Gi' } } })).toBe('16Gi');
  });

  it('the budget is computed from a limit where nothing else bounds it', async () => {
    const config = configOf(await render({ resources: { limits: { memory: '10Gi' } } }));
    expect(config.budget.maxBytes).toBe(Math.floor((10 * GIB * 97) / 100) - 256 * MIB);
    expect(
      configOf(await render({ resources: { limits: { memory: '10Gi' } }, setSize: '2Gi' })).budget.maxBytes,
    ).toBeNull();
  });
});

function quotas(...sizes: readonly string[]) {
  return sizes.map((quota, index) => ({ name: `set-${index}`, targets: [`/models/${index}`], quota }));
}
