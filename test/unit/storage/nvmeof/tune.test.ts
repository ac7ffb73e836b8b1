import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Check, SetValue } from '../../../../lib/change/index.ts';
import type { Way } from '../../../../lib/storage/nvmeof/tune/network.ts';
import {
  parseInterrupts,
  parseProcessorList,
  parseRings,
  parseRoute,
} from '../../../../lib/storage/nvmeof/tune/parse-network.ts';
import { planTune, type TuneFacts } from '../../../../lib/storage/nvmeof/tune/plan-tune.ts';
import { SETTINGS, wantedValue } from '../../../../lib/storage/nvmeof/tune/settings.ts';

const USUAL: Readonly<Record<string, string>> = {
  'net.core.rmem_max': '212992',
  'net.core.wmem_max': '212992',
  'net.ipv4.tcp_rmem': '4096 131072 6291456',
  'net.ipv4.tcp_wmem': '4096 16384 4194304',
  'net.core.netdev_max_backlog': '1000',
  'net.ipv4.tcp_mtu_probing': '0',
  'net.ipv4.tcp_slow_start_after_idle': '1',
  'net.core.busy_read': '0',
  'net.core.busy_poll': '0',
};

const WAY: Way = {
  address: '10.0.0.7',
  device: 'eth0',
  routeMtu: null,
  mtu: 9000,
  undivided: 'reached',
  rings: { rx: 512, rxMost: 4096, tx: 512, txMost: 4096 },
  numaNode: 0,
  nearProcessors: '0-3',
  interrupts: [
    { number: 40, processors: '0-7', count: 5 },
    { number: 41, processors: '1', count: 5 },
  ],
};

const facts = (over: Partial<TuneFacts> = {}): TuneFacts => ({
  root: true,
  settings: SETTINGS.map((setting) => ({ setting, value: USUAL[setting.key] ?? null, writable: true })),
  ways: [WAY],
  irqbalance: false,
  file: { path: '/etc/sysctl.d/90-x.conf', before: null, directory: true },
  ...over,
});

const paths = (steps: readonly object[]): readonly string[] =>
  steps.flatMap((step) => ('path' in step ? String(step.path) : []));
const find = (checks: readonly Check[], code: string): Check | undefined =>
  checks.find((one) => one.code === code);

test('a usual host: each value with the old one, and a file with the same', () => {
  const { steps } = planTune({}, facts());
  expect(steps).toContainEqual({
    ...{ do: 'set-value', path: '/proc/sys/net/ipv4/tcp_rmem', from: '4096 131072 6291456' },
    to: '4096 131072 16777216',
  });
  expect(paths(steps)).not.toContain('/proc/sys/net/core/busy_read');
  expect(steps.at(-1)).toMatchObject({ do: 'write-file', path: '/etc/sysctl.d/90-x.conf', before: null });
  expect(JSON.stringify(steps.at(-1))).toContain('net.ipv4.tcp_rmem = 4096 131072 16777216');
  expect(paths(planTune({ busyPoll: true }, facts()).steps)).toContain('/proc/sys/net/core/busy_read');
});

test('what is good already is not touched, and no file is written for nothing', () => {
  const good: Readonly<Record<string, string>> = {
    ...{
      'net.core.rmem_max': '67108864',
      'net.core.wmem_max': '67108864',
      'net.ipv4.tcp_rmem': '8192 1 33554432',
    },
    ...{ 'net.ipv4.tcp_wmem': '8192 1 33554432', 'net.core.netdev_max_backlog': '250000' },
    ...{ 'net.ipv4.tcp_mtu_probing': '2', 'net.ipv4.tcp_slow_start_after_idle': '0' },
  };
  const settings = SETTINGS.map((setting) => ({ setting, value: good[setting.key] ?? null, writable: true }));
  expect(planTune({}, facts({ settings })).steps).toEqual([]);
});

test('what can not be seen or set from here is told, and left alone', () => {
  const settings = SETTINGS.map((setting, at) => ({
    ...{ setting, value: at === 0 ? null : (USUAL[setting.key] ?? null), writable: at !== 1 },
  }));
  const { steps, checks } = planTune({}, facts({ settings }));
  expect(find(checks, 'net.core.rmem_max')?.verdict).toBe('warn');
  expect(find(checks, 'net.core.wmem_max')).toMatchObject({ verdict: 'warn' });
  for (const name of ['rmem_max', 'wmem_max'])
    expect(paths(steps)).not.toContain(`/proc/sys/net/core/${name}`);
});

test('nothing is ever lowered, and what is wanted is wanted no more once it is there', () => {
  const numbers = fc.array(fc.nat({ max: 2 ** 31 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...SETTINGS), numbers, (setting, values) => {
      const to = wantedValue(setting, values.join(' '));
      if (to === null) return;
      expect(wantedValue(setting, to)).toBeNull();
      if (setting.goal.kind === 'exactly') return;
      expect(to.split(' ')).toHaveLength(values.length);
      to.split(' ').forEach((value, at) => {
        expect(Number(value)).toBeGreaterThanOrEqual(values[at] ?? 0);
      });
    }),
  );
  for (const text of ['', 'x', '-1', '1 2 x', '1e9']) {
    for (const setting of SETTINGS) expect(wantedValue(setting, text)).toBeNull();
  }
});

test('the MTU: how sure it is', () => {
  const verdict = (way: Partial<Way>) =>
    find(planTune({}, facts({ ways: [{ ...WAY, ...way }] })).checks, 'mtu');
  expect(verdict({})?.verdict).toBe('ok');
  expect(verdict({ undivided: 'not reached' })).toMatchObject({
    verdict: 'warn',
    remedy: expect.any(String),
  });
  expect(verdict({ undivided: 'unknown' })?.message).toContain('first hop only');
  expect(verdict({ device: null })?.verdict).toBe('warn');
});

test('rings and interrupts are changed only where they are asked for', () => {
  expect(planTune({}, facts()).steps.map((step) => step.do)).not.toContain('ethtool-rings');
  const { steps } = planTune({ rings: true, interrupts: true }, facts());
  expect(steps).toContainEqual({
    ...{ do: 'ethtool-rings', device: 'eth0', from: { rx: 512, tx: 512 }, to: { rx: 4096, tx: 4096 } },
  });
  const irq = steps.filter(
    (step): step is SetValue => step.do === 'set-value' && paths([step])[0]?.includes('irq') === true,
  );
  expect(irq).toEqual([{ do: 'set-value', path: '/proc/irq/40/smp_affinity_list', from: '0-7', to: '0-3' }]);
});

test('irqbalance would undo it: told, and not done', () => {
  const { steps, checks } = planTune({ interrupts: true }, facts({ irqbalance: true }));
  expect(paths(steps).filter((path) => path.includes('irq'))).toEqual([]);
  expect(find(checks, 'interrupts')?.message).toContain('irqbalance');
});

test('a route’s device and MTU; a name that is none is not taken', () => {
  expect(parseRoute('[{"dst":"10.0.0.7","dev":"eth0","metrics":[{"mtu":1400}]}]')).toEqual({
    ...{ device: 'eth0', routeMtu: 1400 },
  });
  expect(parseRoute('[{"dev":"eth0"}]')).toEqual({ device: 'eth0', routeMtu: null });
  for (const text of ['', '[]', '{}', '[{"dev":"../x"}]', '[{"dev":"-x"}]', '[{"dev":7}]', '[null]']) {
    expect(parseRoute(text)).toEqual({ device: null, routeMtu: null });
  }
});

test('rings', () => {
  expect(parseRings('[{"ifname":"eth0","rx-max":4096,"rx":512,"tx-max":4096,"tx":512}]')).toEqual(WAY.rings);
  expect(parseRings('[{"rx":"n/a"}]')).toEqual({ rx: null, rxMost: null, tx: null, txMost: null });
  expect(parseRings('netlink error')).toBeNull();
});

test('interrupts, over all processors', () => {
  const text =
    '           CPU0       CPU1\n  40:         10         20  PCI-MSI eth0-rx\nNMI:  1  2 x\n  41:  7\n';
  expect([...parseInterrupts(text)]).toEqual([[40, 30]]);
});

test('lists of processors', () => {
  expect(parseProcessorList('0-2,8\n')).toEqual(new Set([0, 1, 2, 8]));
  for (const text of ['', 'x', '1-', '0x3', '1,,2']) expect(parseProcessorList(text)).toBeNull();
  fc.assert(fc.property(fc.string(), (text) => void parseProcessorList(text)));
});
