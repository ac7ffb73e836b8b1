import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseCount } from '../../host/host-file.ts';
import { parseSchedulers } from '../../host/index.ts';
import { attribute, controllersOf, ownNamespaces } from '../nvme/sysfs.ts';
import type { NvmeNode, NvmePath } from './types.ts';

/**
 * How an NVMe namespace is reached. With native multipathing its device belongs to the subsystem and orders nothing
 * itself: the controllers below that, and their hidden devices (`nvme0c1n1`), are the paths.
 *
 * @param place the namespace's directory in sysfs
 */
export async function readNvme(place: string): Promise<NvmeNode | null> {
  const namespace = /^nvme\d+n(\d+)$/.exec(basename(place))?.[1];
  if (namespace === undefined) return null;
  const owner = await realpath(join(place, 'device')).catch(() => null);
  if (owner === null) return null;
  const shared = /^nvme-subsys\d+$/.test(basename(owner));
  const [subsystem, nsid, ioPolicy] = await Promise.all([
    attribute(owner, 'subsysnqn'),
    attribute(place, 'nsid'),
    shared ? attribute(owner, 'iopolicy') : null,
  ]);
  const controllers = shared ? await controllersOf(owner) : [owner];
  const paths = await Promise.all(
    controllers.map((controller) => readPath(controller, shared ? null : place, namespace)),
  );
  return { subsystem, namespaceId: parseCount(nsid), ioPolicy, paths };
}

/** @param device the path's own device; `null`: it is among the controller's */
async function readPath(controller: string, device: string | null, namespace: string): Promise<NvmePath> {
  const own = device ?? (await hiddenDevice(controller, namespace));
  const [transport, address, state, node, anaState, scheduler] = await Promise.all([
    attribute(controller, 'transport'),
    attribute(controller, 'address'),
    attribute(controller, 'state'),
    attribute(controller, 'numa_node'),
    own === null ? null : attribute(own, 'ana_state'),
    own === null ? null : attribute(own, 'queue', 'scheduler'),
  ]);
  return {
    controller: basename(controller),
    ...{ transport, address, state, anaState },
    scheduler: parseSchedulers(scheduler ?? '').active,
    numaNode: parseCount(node),
  };
}

async function hiddenDevice(controller: string, namespace: string): Promise<string | null> {
  const own = await ownNamespaces(controller);
  return own.find(({ number }) => number === namespace)?.place ?? null;
}
