import type { fixtureRoot } from '../../host/fixture-root.ts';

type Tree = Parameters<typeof fixtureRoot>[0];

export const NQN = 'nqn.2026-11.test.warmset:models';
export const HOST = 'nqn.2014-08.org.nvmexpress:uuid:2cd2c43b-a90a-45c1-a8cd-86b33ab273b5';

const FABRICS = '/sys/devices/virtual/nvme-fabrics/ctl';
const SUBSYSTEM = '/sys/devices/virtual/nvme-subsystem/nvme-subsys1';

/** A controller as Linux 6.12 shows one that was connected with nvme-cli. */
export function controller(
  name: string,
  port: string,
  over: Readonly<Record<string, string>> = {},
  ana = 'optimized',
): Tree {
  const files: Readonly<Record<string, string>> = {
    address: `traddr=127.0.0.1,trsvcid=${port},src_addr=127.0.0.1`,
    cntlid: name.slice('nvme'.length),
    cntrltype: 'io',
    ctrl_loss_tmo: '600',
    dhchap_secret: 'none',
    fast_io_fail_tmo: 'off',
    hostid: '2cd2c43b-a90a-45c1-a8cd-86b33ab273b6',
    hostnqn: HOST,
    kato: '5',
    numa_node: '-1',
    queue_count: '3',
    reconnect_delay: '2',
    sqsize: '127',
    state: 'live',
    subsysnqn: NQN,
    transport: 'tcp',
    ...over,
  };
  const path = `${name}/nvme1c${name.slice('nvme'.length)}n1`;
  return {
    ...Object.fromEntries(
      Object.entries(files).map(([file, text]) => [`${FABRICS}/${name}/${file}`, `${text}\n`]),
    ),
    [`${FABRICS}/${path}/nsid`]: '1\n',
    [`${FABRICS}/${path}/ana_state`]: `${ana}\n`,
    [`${FABRICS}/${path}/ana_grpid`]: '1\n',
    [`${SUBSYSTEM}/${name}`]: { link: `../../nvme-fabrics/ctl/${name}` },
  };
}

/** The subsystem that they belong to, with native multipathing. */
export const SUBSYSTEM_TREE: Tree = {
  '/dev/nvme-fabrics': '',
  '/sys/module/nvme_core/parameters/io_timeout': '30\n',
  '/sys/module/nvme_core/parameters/multipath': 'Y\n',
  '/sys/class/nvme-subsystem/nvme-subsys1': { link: '../../devices/virtual/nvme-subsystem/nvme-subsys1' },
  [`${SUBSYSTEM}/subsysnqn`]: `${NQN}\n`,
  [`${SUBSYSTEM}/iopolicy`]: 'numa\n',
  [`${SUBSYSTEM}/model`]: 'warmset-test                            \n',
  [`${SUBSYSTEM}/serial`]: 'WARMSETVM01\n',
  [`${SUBSYSTEM}/nvme1n1/nsid`]: '1\n',
};
