import { basename } from 'node:path';
import { parseCount } from '../../../host/host-file.ts';
import { attribute, type OwnNamespace, ownNamespaces } from '../../nvme/sysfs.ts';
import { parseAddress, parseTimeout } from './parse.ts';
import type { NamespacePath, NvmeofController } from './types.ts';

/** @param place a controller's directory in sysfs */
export async function readController(place: string): Promise<NvmeofController> {
  const text = (...name: string[]): Promise<string | null> => attribute(place, ...name);
  const count = async (...name: string[]): Promise<number | null> => parseCount(await text(...name));
  const [subsystem, transport, address, state, type, hostNqn, hostId, secret] = await Promise.all([
    text('subsysnqn'),
    text('transport'),
    text('address'),
    text('state'),
    text('cntrltype'),
    text('hostnqn'),
    text('hostid'),
    text('dhchap_secret'),
  ]);
  const [controllerId, queueCount, queueSize, keepAlive, delay, loss, fail, node] = await Promise.all([
    count('cntlid'),
    count('queue_count'),
    count('sqsize'),
    count('kato'),
    text('reconnect_delay'),
    text('ctrl_loss_tmo'),
    text('fast_io_fail_tmo'),
    count('numa_node'),
  ]);
  // Kernels that count at all do it in this group.
  const [reconnects, resets, commandErrors] = await Promise.all([
    count('diag', 'reconnect_count'),
    count('diag', 'reset_count'),
    count('diag', 'command_error_count'),
  ]);
  const paths = await Promise.all((await ownNamespaces(place)).map(readPath));
  return {
    name: basename(place),
    ...{ subsystem, transport, state, type, hostNqn, hostId, controllerId, queueCount },
    ...parseAddress(address),
    // The attribute counts from 0.
    queueSize: queueSize === null ? null : queueSize + 1,
    keepAliveSeconds: keepAlive,
    reconnectDelaySeconds: parseTimeout(delay),
    ctrlLossSeconds: parseTimeout(loss),
    fastIoFailSeconds: parseTimeout(fail),
    // Whether there is one is all that anybody is told.
    authenticated: secret === null ? null : secret !== 'none',
    numaNode: node,
    counters: { reconnects, resets, commandErrors },
    log: null,
    paths,
  };
}

async function readPath({ place, disk }: OwnNamespace): Promise<NamespacePath> {
  const [namespaceId, anaState, anaGroup, failovers, retries, errors] = await Promise.all([
    attribute(place, 'nsid'),
    attribute(place, 'ana_state'),
    attribute(place, 'ana_grpid'),
    attribute(place, 'diag', 'multipath_failover_count'),
    attribute(place, 'diag', 'command_retry_count'),
    attribute(place, 'diag', 'command_error_count'),
  ]);
  return {
    device: basename(place),
    disk,
    namespaceId: parseCount(namespaceId),
    anaState,
    anaGroup: parseCount(anaGroup),
    failovers: parseCount(failovers),
    retries: parseCount(retries),
    errors: parseCount(errors),
  };
}
