import { open, writeFile } from 'node:fs/promises';
import { runCommand } from '../../../change/index.ts';
import { isSystemError, WarmsetError } from '../../../errors.ts';
import { everyController, readNvmeofStatus } from '../status/read-status.ts';
import type { NvmeofController } from '../status/types.ts';
import { isController } from './match.ts';
import { fabricsLine, nvmeConnectCommand } from './options.ts';
import type { ConnectRequest } from './request.ts';
import { readSecrets } from './secrets.ts';

export const FABRICS_DEVICE = '/dev/nvme-fabrics';

/** The kernel answers when the controller works or has failed; a target that drops packets takes minutes. */
const MOST_MS = 180_000;

/** Which way a connection is made: a secret must not stand in a command line, which everybody on the host can read. */
export function wayToConnect(request: ConnectRequest, nvmeCli: boolean): 'nvme-cli' | 'kernel' {
  return nvmeCli && request.secret === null ? 'nvme-cli' : 'kernel';
}

/** Connects, and returns when the controller is there. */
export async function connectNow(
  request: ConnectRequest,
  way: 'nvme-cli' | 'kernel',
  signal?: AbortSignal | undefined,
): Promise<void> {
  if (way === 'nvme-cli') await runCommand(nvmeConnectCommand(request), { signal, timeoutMs: MOST_MS });
  else await connectByKernel(request);
  const [made] = await findControllers(request);
  if (made === undefined) {
    throw new WarmsetError('WARMSET_NVMEOF', 'the kernel took the connection, but no controller came of it', {
      subject: request.nqn,
      remedy: 'the last lines of dmesg say why',
    });
  }
  if (request.fastIoFailSeconds !== null) {
    await writeFile(`/sys/class/nvme/${made.name}/fast_io_fail_tmo`, String(request.fastIoFailSeconds));
  }
}

async function connectByKernel(request: ConnectRequest): Promise<void> {
  const line = fabricsLine(request, await readSecrets(request));
  const device = await openFabrics();
  try {
    await device.write(line);
  } catch (error) {
    throw refused(request, error);
  } finally {
    await device.close();
  }
}

async function openFabrics() {
  try {
    return await open(FABRICS_DEVICE, 'r+');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const missing = error.code === 'ENOENT' || error.code === 'ENODEV' || error.code === 'ENXIO';
    throw new WarmsetError('WARMSET_NVMEOF', `${FABRICS_DEVICE} can't be opened (${error.code})`, {
      subject: FABRICS_DEVICE,
      remedy: missing ? 'load the transport: modprobe nvme-tcp (or nvme-rdma, nvme-fc)' : 'run it as root',
      cause: error,
    });
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  EINVAL: 'an option is not known to this kernel, or the transport is not loaded',
  ECONNREFUSED: 'nobody listens there',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nobody answered',
  EALREADY: 'this host is connected there already',
  ENOKEY: 'the target wants a secret, or another one',
  EKEYREJECTED: 'the target wants a secret, or another one',
  EACCES: 'the target does not let this host in',
  EPERM: 'it is not allowed',
  EIO: 'the target refused: it has no such subsystem, or does not let this host NQN in',
  ENOENT: 'the target has no such subsystem',
};

function refused({ nqn, address, service, transport }: ConnectRequest, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const where = [address, service].filter((part) => part !== null).join(' port ');
  const why = MEANINGS[error.code] ?? 'the kernel refused';
  return new WarmsetError(
    'WARMSET_NVMEOF',
    `no connection to ${nqn} by ${transport}${where === '' ? '' : ` at ${where}`}: ${why} (${error.code})`,
    { subject: nqn, remedy: 'the last lines of dmesg say more', cause: error },
  );
}

/** The controllers that a request would make or has made. */
export async function findControllers(request: ConnectRequest): Promise<readonly NvmeofController[]> {
  const status = await readNvmeofStatus();
  return everyController(status).filter((controller) => isController(controller, request));
}
