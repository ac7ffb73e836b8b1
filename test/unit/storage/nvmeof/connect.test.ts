import { expect, test } from 'vitest';
import { canaryQueues } from '../../../../lib/storage/nvmeof/connect/defaults.ts';
import { isController } from '../../../../lib/storage/nvmeof/connect/match.ts';
import {
  connectOptions,
  fabricsLine,
  nvmeConnectCommand,
} from '../../../../lib/storage/nvmeof/connect/options.ts';
import { type ConnectFacts, planConnect } from '../../../../lib/storage/nvmeof/connect/plan-connect.ts';
import {
  controllersNamed,
  planDisconnect,
  requestOf,
} from '../../../../lib/storage/nvmeof/connect/plan-disconnect.ts';
import { type ConnectRequest, checkRequest } from '../../../../lib/storage/nvmeof/connect/request.ts';
import { CONNECT_STEPS } from '../../../../lib/storage/nvmeof/connect/steps.ts';
import { CONTROLLER, REQUEST } from './requests.ts';
import { HOST, NQN } from './tree.ts';

const ID = '2cd2c43b-a90a-45c1-a8cd-86b33ab273b6';
const SECRET = `DHHC-1:00:${Buffer.alloc(36, 7).toString('base64')}:`;
const FACTS: ConnectFacts = { root: true, canConnect: true, nvmeCli: true, there: [] };
const STATUS = {
  ...{ canConnect: true, ioTimeoutSeconds: 30, nativeMultipath: true },
  subsystems: [
    {
      name: 'nvme-subsys1',
      nqn: NQN,
      ioPolicy: 'numa',
      model: null,
      serial: null,
      controllers: [CONTROLLER],
    },
  ],
};

test('the words for nvme-cli', () => {
  expect(nvmeConnectCommand(REQUEST)).toEqual([
    ...['nvme', 'connect', '--config=none', '--transport=tcp', `--nqn=${NQN}`, '--traddr=127.0.0.1'],
    ...['--trsvcid=4420', `--hostnqn=${HOST}`, `--hostid=${ID}`, '--nr-io-queues=2', '--queue-size=128'],
    ...['--keep-alive-tmo=5', '--reconnect-delay=2', '--ctrl-loss-tmo=600'],
  ]);
});

test('the line for the kernel', () => {
  expect(fabricsLine({ ...REQUEST, ctrlLossSeconds: -1, headerDigest: true })).toBe(
    `transport=tcp,nqn=${NQN},traddr=127.0.0.1,trsvcid=4420,hostnqn=${HOST},hostid=${ID},` +
      'nr_io_queues=2,queue_size=128,keep_alive_tmo=5,reconnect_delay=2,ctrl_loss_tmo=-1,hdr_digest',
  );
});

test('both ways say the same, whatever is asked for', () => {
  const request: ConnectRequest = {
    ...REQUEST,
    ...{ address: 'fe80::1%eth0', hostAddress: 'fe80::2%eth0', hostInterface: 'eth0' },
    ...{ headerDigest: true, dataDigest: true, fastIoFailSeconds: 30 },
  };
  const cli = nvmeConnectCommand(request).slice(3);
  const kernel = fabricsLine(request).split(',');
  expect(cli.map((word) => word.slice(2).replace(/^[^=]+/, (key) => key.replaceAll('-', '_')))).toEqual(
    kernel,
  );
  expect(connectOptions(request).at(-1)).toMatchObject({
    name: 'fast-io-fail-tmo',
    later: 'fast_io_fail_tmo',
  });
});

test('a secret is in the line for the kernel, and in nothing that is shown or written down', () => {
  const request: ConnectRequest = { ...REQUEST, secret: { from: 'environment', name: 'KEY' } };
  expect(fabricsLine(request, { secret: SECRET, controllerSecret: null })).toContain(
    `dhchap_secret=${SECRET}`,
  );
  const plan = planConnect(request, FACTS);
  expect(plan.steps).toEqual([{ do: 'nvme-connect', request, way: 'kernel' }]);
  expect(
    CONNECT_STEPS.find(({ do: name }) => name === 'nvme-connect')?.command(plan.steps[0] ?? { do: '' }),
  ).toBeNull();
  expect(plan.checks.find(({ code }) => code === 'way')?.message).toContain('command line');
});

test.each<readonly [string, Partial<ConnectRequest>]>([
  ['--address', { address: null }],
  ['--address', { address: 'target' }],
  ['--address', { transport: 'loop', service: null }],
  ['--address', { transport: 'fc', service: null, hostAddress: 'x' }],
  ['--service', { service: '0' }],
  ['--service', { transport: 'loop', address: null }],
  ['--nqn', { nqn: 'models' }],
  ['--host-nqn', { hostNqn: 'me' }],
  ['--host-id', { hostId: 'me' }],
  ['--host-interface', { transport: 'rdma', hostInterface: 'eth0' }],
  ['--header-digest', { transport: 'rdma', headerDigest: true }],
  ['--io-queues', { ioQueues: 0 }],
  ['--queue-size', { queueSize: 15 }],
  ['--reconnect-delay', { reconnectDelaySeconds: 0 }],
  ['--ctrl-loss', { ctrlLossSeconds: -2 }],
  ['--keep-alive', { keepAliveSeconds: 1.5 }],
  ['--fast-io-fail', { fastIoFailSeconds: 601 }],
  ['--controller-secret', { controllerSecret: { from: 'environment', name: 'KEY' } }],
  ['--secret', { secret: { from: 'file', path: 'relative' } }],
])('%s is refused in %o', (option, over) => {
  expect(() => checkRequest({ ...REQUEST, ...over })).toThrow(
    expect.objectContaining({ code: 'WARMSET_BAD_ARGUMENT', subject: option }),
  );
});

test('what is right is taken: each transport', () => {
  const fc = 'nn-0x200000109b5a2f3c:pn-0x100000109b5a2f3c';
  const none = { address: null, service: null };
  for (const over of [
    {},
    { address: '::1' },
    { transport: 'rdma' },
    { transport: 'loop', ...none },
    { transport: 'fc', ...none, address: fc, hostAddress: fc },
  ] satisfies readonly Partial<ConnectRequest>[]) {
    expect(checkRequest({ ...REQUEST, ...over })).toMatchObject(over);
  }
});

test('a plan warns of what may hurt, and refuses where the kernel has no fabrics', () => {
  const codes = (request: ConnectRequest, facts: ConnectFacts, verdict: string) =>
    planConnect(request, facts)
      .checks.filter((check) => check.verdict === verdict)
      .map(({ code }) => code);
  expect(codes(REQUEST, FACTS, 'refuse')).toEqual([]);
  expect(codes(REQUEST, { ...FACTS, canConnect: false }, 'refuse')).toEqual(['fabrics']);
  expect(
    codes({ ...REQUEST, hostNqn: null, keepAliveSeconds: 0, ctrlLossSeconds: -1 }, FACTS, 'warn'),
  ).toEqual([...['host-nqn', 'keep-alive', 'ctrl-loss', 'secret']]);
  expect(codes(REQUEST, { ...FACTS, root: false }, 'warn')).toContain('root');
  expect(codes(REQUEST, { ...FACTS, there: [CONTROLLER] }, 'ok')).toContain('connected');
  expect(planConnect(REQUEST, { ...FACTS, nvmeCli: false }).steps).toMatchObject([{ way: 'kernel' }]);
});

test('a controller is known again by where it is connected to, however IPv6 is spelt', () => {
  expect(isController(CONTROLLER, REQUEST)).toBe(true);
  const six = { ...CONTROLLER, address: '2001:db8:0::7' };
  expect(isController(six, { ...REQUEST, address: '2001:DB8::7' })).toBe(true);
  for (const over of [
    { service: '4421' },
    { address: '127.0.0.2' },
    { nqn: `${NQN}2` },
    { transport: 'rdma' },
    { hostAddress: '127.0.0.9' },
    { hostNqn: `${HOST}x` },
  ] satisfies readonly Partial<ConnectRequest>[]) {
    expect([over, isController(CONTROLLER, { ...REQUEST, ...over })]).toEqual([over, false]);
  }
});

test('a name means an NQN, a controller or a disk; of several paths one can be chosen', () => {
  for (const name of [NQN, 'nvme1', '/dev/nvme1', 'nvme1n1', '/dev/nvme1n1']) {
    expect(controllersNamed(name, STATUS)).toEqual([CONTROLLER]);
  }
  expect(controllersNamed(NQN, STATUS, { address: '127.0.0.1', service: '4420' })).toEqual([CONTROLLER]);
  for (const [name, filter] of [['nvme2'], ['nvme1n2'], [NQN, { service: '4421' }]] as const) {
    expect(() => controllersNamed(name, STATUS, filter)).toThrow(
      expect.objectContaining({ code: 'WARMSET_NVMEOF' }),
    );
  }
});

test('disconnecting is refused with who uses a disk, and can be undone by what sysfs tells', () => {
  const facts = { root: true, nvmeCli: true, users: [] };
  expect(requestOf(CONTROLLER)).toEqual(REQUEST);
  const plan = planDisconnect(NQN, [CONTROLLER], facts);
  expect(plan.steps).toEqual([
    { do: 'nvme-disconnect', controller: 'nvme1', request: REQUEST, way: 'nvme-cli' },
  ]);
  const users = ['/dev/nvme1n1 is mounted at /mnt/models'];
  expect(planDisconnect(NQN, [CONTROLLER], { ...facts, users }).checks).toMatchObject([
    { code: 'in-use', verdict: 'refuse', message: users[0] },
  ]);
  expect(requestOf({ ...CONTROLLER, ctrlLossSeconds: 'off' }).ctrlLossSeconds).toBe(-1);
  expect(() => requestOf({ ...CONTROLLER, transport: 'pcie' })).toThrow('nvme1');
});

test('a journal’s step is read strictly', () => {
  const [connect] = CONNECT_STEPS;
  const step = { do: 'nvme-connect', request: REQUEST, way: 'kernel' };
  expect(connect?.schema.safeParse(step).success).toBe(true);
  for (const over of [{ way: 'sh' }, { extra: 1 }, { request: { ...REQUEST, nqn: 'a,b' } }]) {
    expect(connect?.schema.safeParse({ ...step, ...over }).success).toBe(false);
  }
});

test('a canary takes few queues', () => {
  expect([0, 1, 2, 4, 128].map(canaryQueues)).toEqual([1, 1, 2, 4, 4]);
});
