import type { ConnectRequest } from '../../../../lib/storage/nvmeof/connect/request.ts';
import type { NvmeofController } from '../../../../lib/storage/nvmeof/index.ts';
import { HOST, NQN } from './tree.ts';

export const REQUEST: ConnectRequest = {
  transport: 'tcp',
  nqn: NQN,
  address: '127.0.0.1',
  service: '4420',
  hostNqn: HOST,
  hostId: '2cd2c43b-a90a-45c1-a8cd-86b33ab273b6',
  hostAddress: null,
  hostInterface: null,
  keepAliveSeconds: 5,
  reconnectDelaySeconds: 2,
  ctrlLossSeconds: 600,
  fastIoFailSeconds: null,
  ioQueues: 2,
  queueSize: 128,
  headerDigest: false,
  dataDigest: false,
  secret: null,
  controllerSecret: null,
};

/** What the request above comes to. */
export const CONTROLLER: NvmeofController = {
  name: 'nvme1',
  subsystem: NQN,
  transport: 'tcp',
  state: 'live',
  type: 'io',
  hostNqn: HOST,
  hostId: '2cd2c43b-a90a-45c1-a8cd-86b33ab273b6',
  controllerId: 1,
  queueCount: 3,
  address: '127.0.0.1',
  service: '4420',
  hostAddress: null,
  hostInterface: null,
  sourceAddress: '127.0.0.1',
  queueSize: 128,
  keepAliveSeconds: 5,
  reconnectDelaySeconds: 2,
  ctrlLossSeconds: 600,
  fastIoFailSeconds: 'off',
  authenticated: false,
  numaNode: null,
  counters: { reconnects: null, resets: null, commandErrors: null },
  log: null,
  paths: [
    {
      ...{ device: 'nvme1c1n1', disk: 'nvme1n1', namespaceId: 1, anaState: 'optimized', anaGroup: 1 },
      ...{ failovers: null, retries: null, errors: null },
    },
  ],
};
