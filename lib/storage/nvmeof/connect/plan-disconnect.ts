import type { ChangePlan, Check } from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import { everyController } from '../status/read-status.ts';
import type { NvmeofController, NvmeofStatus, Timeout } from '../status/types.ts';
import { CANARY_DEFAULTS } from './defaults.ts';
import { CONNECT_REQUEST, type ConnectRequest } from './request.ts';
import type { NvmeDisconnect } from './steps.ts';

export const DISCONNECT = 'nvmeof-disconnect';

/** Of several paths only those to one target. */
export interface PathFilter {
  readonly address?: string | undefined;
  readonly service?: string | undefined;
}

/**
 * The controllers that a name means: an NQN, a controller (`nvme0`) or a disk (`nvme0n1`), also below /dev. Pure.
 *
 * @throws WarmsetError `WARMSET_NVMEOF` where there is none.
 */
export function controllersNamed(
  name: string,
  status: NvmeofStatus,
  { address, service }: PathFilter = {},
): readonly NvmeofController[] {
  const device = name.replace(/^\/dev\//, '');
  const at = everyController(status).filter(
    (one) =>
      (address === undefined || one.address === address) &&
      (service === undefined || one.service === service),
  );
  const found = at.filter(
    (one) => one.subsystem === name || one.name === device || one.paths.some(({ disk }) => disk === device),
  );
  if (found.length > 0) return found;
  throw new WarmsetError(
    'WARMSET_NVMEOF',
    `this host has no NVMe-oF controller for ${JSON.stringify(name)}`,
    {
      subject: name,
      remedy: 'warmset nvmeof status shows those that are there',
    },
  );
}

export interface DisconnectFacts {
  readonly root: boolean;
  readonly nvmeCli: boolean;
  /** Of the controllers' disks, a line each. */
  readonly users: readonly string[];
}

/** Pure. */
export function planDisconnect(
  name: string,
  controllers: readonly NvmeofController[],
  { root, nvmeCli, users }: DisconnectFacts,
): ChangePlan {
  const checks: Check[] = users.map((message) => ({
    code: 'in-use',
    verdict: 'refuse',
    message,
    remedy: 'unmount it, or end what uses it, then try again',
  }));
  if (!root) {
    const message = 'disconnecting needs root, and this is another user';
    checks.push({ code: 'root', verdict: 'warn', message, remedy: 'apply it as root' });
  }
  if (users.length === 0) {
    const message = 'nothing that this user may see uses the disks; the kernel is asked again when they go';
    checks.push({ code: 'in-use', verdict: 'ok', message });
  }
  for (const { name: controller } of controllers.filter((one) => one.authenticated === true)) {
    const message = `${controller} has a secret, which is not written down: connecting again must be done by hand`;
    checks.push({ code: 'secret', verdict: 'warn', message });
  }
  const steps = controllers.map(
    (controller): NvmeDisconnect => ({
      do: 'nvme-disconnect',
      controller: controller.name,
      request: requestOf(controller),
      way: nvmeCli ? 'nvme-cli' : 'kernel',
    }),
  );
  return { kind: DISCONNECT, subject: name, checks, steps };
}

/**
 * What would connect a controller again, as far as sysfs tells: not its secret, and not whether it has digests. Pure.
 *
 * @throws WarmsetError `WARMSET_NVMEOF` for one that no connection makes.
 */
export function requestOf(controller: NvmeofController): ConnectRequest {
  const { transport, subsystem, address, service, hostNqn, hostId, hostAddress, hostInterface } = controller;
  const read = CONNECT_REQUEST.safeParse({
    ...{ transport, address, service, hostNqn, hostId, hostAddress, hostInterface },
    nqn: subsystem,
    keepAliveSeconds: controller.keepAliveSeconds ?? CANARY_DEFAULTS.keepAliveSeconds,
    reconnectDelaySeconds: seconds(controller.reconnectDelaySeconds) ?? CANARY_DEFAULTS.reconnectDelaySeconds,
    ctrlLossSeconds: controller.ctrlLossSeconds === 'off' ? -1 : (controller.ctrlLossSeconds ?? 600),
    fastIoFailSeconds: seconds(controller.fastIoFailSeconds),
    ioQueues: Math.max(1, (controller.queueCount ?? 2) - 1),
    queueSize: controller.queueSize ?? CANARY_DEFAULTS.queueSize,
    headerDigest: false,
    dataDigest: false,
    secret: null,
    controllerSecret: null,
  });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new WarmsetError(
    'WARMSET_NVMEOF',
    `${controller.name} is no connection that could be made again: ${issue?.path.join('.')} ${issue?.message}`,
    { subject: controller.name, remedy: `nvme disconnect --device=${controller.name} ends it all the same` },
  );
}

function seconds(timeout: Timeout): number | null {
  return timeout === 'off' ? null : timeout;
}
