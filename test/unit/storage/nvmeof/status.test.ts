import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress, parseSmartLog, parseTimeout } from '../../../../lib/storage/nvmeof/status/parse.ts';
import { everyController, readNvmeofStatus } from '../../../../lib/storage/nvmeof/status/read-status.ts';
import { fixtureRoot } from '../../host/fixture-root.ts';
import { controller, HOST, NQN, SUBSYSTEM_TREE } from './tree.ts';

test('two paths of one subsystem, one of them broken: the disk is the subsystem’s, the paths are the controllers’', async () => {
  const host = await fixtureRoot({
    ...SUBSYSTEM_TREE,
    ...controller('nvme1', '4420'),
    ...controller('nvme2', '4421', { state: 'connecting', queue_count: '1' }, 'inaccessible'),
  });
  const status = await readNvmeofStatus(host);
  expect(status).toMatchObject({ canConnect: true, ioTimeoutSeconds: 30, nativeMultipath: true });
  expect(status.subsystems).toMatchObject([
    {
      name: 'nvme-subsys1',
      nqn: NQN,
      ioPolicy: 'numa',
      model: 'warmset-test',
      controllers: [
        {
          name: 'nvme1',
          state: 'live',
          transport: 'tcp',
          address: '127.0.0.1',
          service: '4420',
          sourceAddress: '127.0.0.1',
          hostNqn: HOST,
          queueCount: 3,
          queueSize: 128,
          keepAliveSeconds: 5,
          reconnectDelaySeconds: 2,
          ctrlLossSeconds: 600,
          fastIoFailSeconds: 'off',
          numaNode: null,
          authenticated: false,
          counters: { reconnects: null, resets: null, commandErrors: null },
          log: null,
          paths: [
            { device: 'nvme1c1n1', disk: 'nvme1n1', namespaceId: 1, anaState: 'optimized', anaGroup: 1 },
          ],
        },
        { name: 'nvme2', state: 'connecting', queueCount: 1, paths: [{ anaState: 'inaccessible' }] },
      ],
    },
  ]);
});

test('a kernel that counts is believed; a secret is known of, not read', async () => {
  const more = { dhchap_secret: 'DHHC-1:00:secret:', 'diag/reconnect_count': '7', 'diag/reset_count': '2' };
  const host = await fixtureRoot({ ...SUBSYSTEM_TREE, ...controller('nvme1', '4420', more) });
  const status = await readNvmeofStatus(host);
  const [one] = everyController(status);
  expect(one).toMatchObject({
    authenticated: true,
    counters: { reconnects: 7, resets: 2, commandErrors: null },
  });
  expect(JSON.stringify(status)).not.toContain('DHHC');
});

test('without multipathing each controller has the disk itself, and no policy means anything', async () => {
  const host = await fixtureRoot({
    ...SUBSYSTEM_TREE,
    '/sys/module/nvme_core/parameters/multipath': 'N\n',
    ...controller('nvme1', '4420'),
    '/sys/devices/virtual/nvme-fabrics/ctl/nvme1/nvme1n1/nsid': '1\n',
  });
  const { subsystems, nativeMultipath } = await readNvmeofStatus(host);
  expect(nativeMultipath).toBe(false);
  expect(subsystems[0]?.ioPolicy).toBeNull();
  expect(subsystems[0]?.controllers[0]?.paths.map(({ disk }) => disk)).toContain('nvme1n1');
});

test('a disk on PCI Express is no connection, unless it is asked for', async () => {
  const tree = {
    ...SUBSYSTEM_TREE,
    ...controller('nvme1', '4420', { transport: 'pcie', address: '0000:00:04.0' }),
  };
  const host = await fixtureRoot(tree);
  expect((await readNvmeofStatus(host)).subsystems).toEqual([]);
  const all = everyController(await readNvmeofStatus({ ...host, local: true }));
  expect(all).toMatchObject([{ name: 'nvme1', address: '0000:00:04.0', service: null }]);
});

test('a host without NVMe has nothing, and says so', async () => {
  const status = await readNvmeofStatus(await fixtureRoot({ '/sys': null }));
  expect(status).toEqual({
    canConnect: false,
    ioTimeoutSeconds: null,
    nativeMultipath: null,
    subsystems: [],
  });
});

test('garbage in every attribute makes unknowns, not numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
      fc.pre(!/^\s*\d+\s*$/.test(text) && !['off', '-1'].includes(text.trim()));
      const names = [
        'kato',
        'sqsize',
        'queue_count',
        'ctrl_loss_tmo',
        'reconnect_delay',
        'fast_io_fail_tmo',
        'cntlid',
      ];
      const over = Object.fromEntries(names.map((name) => [name, text]));
      const host = await fixtureRoot({ ...SUBSYSTEM_TREE, ...controller('nvme1', '4420', over) });
      const [one] = everyController(await readNvmeofStatus(host));
      expect(one).toMatchObject({
        keepAliveSeconds: null,
        queueSize: null,
        queueCount: null,
        ctrlLossSeconds: null,
        reconnectDelaySeconds: null,
        fastIoFailSeconds: null,
        controllerId: null,
      });
    }),
    { numRuns: 25 },
  );
});

test.each([
  ['traddr=fe80::1%eth0,trsvcid=4420,host_iface=eth0', { address: 'fe80::1%eth0', hostInterface: 'eth0' }],
  [
    'traddr=nn-0x1:pn-0x2,host_traddr=nn-0x3:pn-0x4',
    { address: 'nn-0x1:pn-0x2', hostAddress: 'nn-0x3:pn-0x4' },
  ],
  ['0000:00:04.0', { address: '0000:00:04.0', service: null }],
  ['traddr=,trsvcid=4420,__proto__=x,=y', { address: null, service: '4420' }],
  [null, { address: null, service: null }],
])('the address %s', (text, expected) => {
  expect(parseAddress(text)).toMatchObject(expected);
});

test('any address text is taken apart without failing, and gives texts or null', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const value of Object.values(parseAddress(text)))
        expect(value === null || value !== '').toBe(true);
    }),
  );
});

test('a timeout is seconds, off or unknown', () => {
  expect(['600', '0', 'off', '-1', '', 'x', null].map((text) => parseTimeout(text))).toEqual([
    ...[600, 0, 'off', 'off', null, null, null],
  ]);
});

test('of the SMART log only counts are believed: nvme-cli has them as numbers or as strings', () => {
  expect(parseSmartLog('{"critical_warning":0,"media_errors":"3","num_err_log_entries":12}')).toEqual({
    ...{ criticalWarning: 0, mediaErrors: 3, errorLogEntries: 12 },
  });
  expect(parseSmartLog('{"critical_warning":{"value":4},"media_errors":-1}')).toEqual({
    ...{ criticalWarning: 4, mediaErrors: null, errorLogEntries: null },
  });
  for (const text of ['', 'null', '[]', '7', 'error: no such device']) expect(parseSmartLog(text)).toBeNull();
});
