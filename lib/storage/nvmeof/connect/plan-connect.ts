import type { ChangePlan, Check } from '../../../change/index.ts';
import type { NvmeofController } from '../status/types.ts';
import { FABRICS_DEVICE, wayToConnect } from './connect-now.ts';
import type { ConnectRequest } from './request.ts';
import type { NvmeConnect } from './steps.ts';

export const CONNECT = 'nvmeof-connect';

/** What was looked at before. */
export interface ConnectFacts {
  readonly root: boolean;
  /** `/dev/nvme-fabrics` is there. */
  readonly canConnect: boolean;
  readonly nvmeCli: boolean;
  /** Those that the request would make. */
  readonly there: readonly NvmeofController[];
}

/** The request with what is to be done for it. Pure. */
export function planConnect(request: ConnectRequest, facts: ConnectFacts): ChangePlan {
  const way = wayToConnect(request, facts.nvmeCli);
  const step: NvmeConnect = { do: 'nvme-connect', request, way };
  return {
    kind: CONNECT,
    subject: subjectOf(request),
    checks: [...checksOf(request, facts, way)],
    steps: [step],
  };
}

/** One path: what makes two connections different to the kernel. */
export function subjectOf({ nqn, transport, address, service }: ConnectRequest): string {
  return `${nqn} ${[transport, address, service].filter((part) => part !== null).join(' ')}`;
}

function* checksOf(
  request: ConnectRequest,
  { root, canConnect, nvmeCli, there }: ConnectFacts,
  way: 'nvme-cli' | 'kernel',
): Generator<Check> {
  if (!root) {
    yield warn('root', 'connecting needs root, and this is another user', 'apply it as root');
  }
  if (!canConnect) {
    yield {
      code: 'fabrics',
      verdict: 'refuse',
      message: `${FABRICS_DEVICE} is missing: this kernel has no NVMe-oF loaded`,
      remedy: `modprobe nvme-fabrics && modprobe nvme-${request.transport}`,
    };
  }
  yield ok('way', wayInWords(request, nvmeCli, way));
  const [first] = there;
  if (first !== undefined) {
    yield ok(
      'connected',
      `${first.name} is connected so already (${first.state ?? 'state unknown'}): nothing is done`,
    );
  }
  if (request.hostNqn === null) {
    yield warn(
      'host-nqn',
      'this host has no NQN of its own: the kernel makes one up that changes with every boot',
      'nvme gen-hostnqn > /etc/nvme/hostnqn, and let the target know it',
    );
  }
  if (request.keepAliveSeconds === 0) {
    yield warn('keep-alive', 'without keep-alive a target that is gone is noticed only by whoever reads');
  }
  if (request.ctrlLossSeconds === -1) {
    yield warn('ctrl-loss', 'a target that never comes back leaves its readers waiting for ever');
  } else if (request.ctrlLossSeconds < request.reconnectDelaySeconds) {
    yield warn('ctrl-loss', 'the controller is given up before the first attempt to reconnect');
  }
  if (request.transport === 'tcp' && request.secret === null) {
    yield warn(
      'secret',
      'nobody proves to the target who this host is, nor the other way round',
      'use --secret-file',
    );
  }
}

function wayInWords({ secret }: ConnectRequest, nvmeCli: boolean, way: 'nvme-cli' | 'kernel'): string {
  if (way === 'nvme-cli') return 'by nvme-cli';
  const why =
    nvmeCli && secret !== null ? 'a secret must not stand in a command line' : 'nvme-cli is not on the PATH';
  return `by writing to ${FABRICS_DEVICE}: ${why}`;
}

function ok(code: string, message: string): Check {
  return { code, verdict: 'ok', message };
}

function warn(code: string, message: string, remedy?: string): Check {
  return { code, verdict: 'warn', message, ...(remedy === undefined ? {} : { remedy }) };
}
