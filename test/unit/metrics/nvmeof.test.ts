import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { nvmeofMetrics } from '../../../lib/metrics/instruments/nvmeof.ts';
import type { NvmeofPathReading } from '../../../lib/metrics/types.ts';

const READING: NvmeofPathReading = {
  ...{ subsystem: 'nqn.2024-01.org.example:models', controller: 'nvme0', transport: 'tcp', state: 'live' },
  ...{ reconnects: 0, queueCount: 3, keepAliveSeconds: 5, reconnectDelaySeconds: 5, ctrlLossSeconds: 600 },
  ...{ commandErrors: null, resets: null },
};

async function series(...looks: readonly (readonly NvmeofPathReading[])[]): Promise<Map<string, number>> {
  const registry = new Registry();
  const observe = nvmeofMetrics(registry);
  for (const look of looks) observe(look);
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

const LABELS = 'subsystem="nqn.2024-01.org.example:models",controller="nvme0",transport="tcp"';

test('without connections there are no series', async () => {
  expect([...(await series([]))]).toEqual([]);
});

test('a connection: live, its state, what was set; what is not known is absent', async () => {
  const found = await series([READING]);
  expect(found.get(`warmset_nvmeof_path_live{${LABELS}}`)).toBe(1);
  expect(found.get(`warmset_nvmeof_reconnects_total{${LABELS}}`)).toBe(0);
  expect(found.get(`warmset_nvmeof_path_state{${LABELS},state="live"}`)).toBe(1);
  expect(found.get(`warmset_nvmeof_path_state{${LABELS},state="connecting"}`)).toBe(0);
  expect(found.get(`warmset_nvmeof_ctrl_loss_seconds{${LABELS}}`)).toBe(600);
  expect([...found.keys()].filter((name) => /errors|resets/.test(name))).toEqual([]);
});

test('it breaks and comes back: the gauge falls, the counter keeps what it has', async () => {
  const broken = { ...READING, state: 'connecting' };
  expect((await series([READING], [broken])).get(`warmset_nvmeof_path_live{${LABELS}}`)).toBe(0);
  const back = { ...READING, reconnects: 2 };
  expect(
    (await series([READING], [broken], [back], [back])).get(`warmset_nvmeof_reconnects_total{${LABELS}}`),
  ).toBe(2);
  const gone = await series([back], []);
  expect(gone.get(`warmset_nvmeof_reconnects_total{${LABELS}}`)).toBe(2);
  expect(gone.has(`warmset_nvmeof_path_live{${LABELS}}`)).toBe(false);
});

test('a state that is unknown is no 0, one of a later kernel is other, and never given up has no time', async () => {
  const unknown = await series([{ ...READING, state: null, ctrlLossSeconds: 'off' }]);
  expect([...unknown.keys()].filter((name) => /_live\{|state|loss/.test(name))).toEqual([]);
  const other = await series([{ ...READING, state: 'hibernating' }]);
  expect(other.get(`warmset_nvmeof_path_state{${LABELS},state="other"}`)).toBe(1);
  const deleting = await series([{ ...READING, state: 'deleting (no IO)' }]);
  expect(deleting.get(`warmset_nvmeof_path_state{${LABELS},state="deleting"}`)).toBe(1);
});

test('paths are bounded', async () => {
  const many = Array.from({ length: 400 }, (_, at) => ({ ...READING, controller: `nvme${at}` }));
  const found = await series(many);
  expect([...found.keys()].filter((name) => name.startsWith('warmset_nvmeof_path_live'))).toHaveLength(256);
});
