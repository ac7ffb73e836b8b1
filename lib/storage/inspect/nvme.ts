import { readdir, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseCount, readHostTextOrNull } from '../../host/host-file.ts';
import { parseSchedulers } from '../../host/index.ts';
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
    text(join(owner, 'subsysnqn')),
    text(join(place, 'nsid')),
    shared ? text(join(owner, 'iopolicy')) : null,
  ]);
  const controllers = shared ? await controllersOf(owner) : [owner];
  const paths = await Promise.all(
    controllers.map((controller) => readPath(controller, shared ? null : place, namespace)),
  );
  return { subsystem, namespaceId: parseCount(nsid), ioPolicy, paths };
}

async function controllersOf(subsystem: string): Promise<readonly string[]> {
  const names = await readdir(subsystem).catch((): string[] => []);
  const numbered = names.filter((name) => /^nvme\d+$/.test(name));
  const places = await Promise.all(
    numbered.sort().map((name) => realpath(join(subsystem, name)).catch(() => null)),
  );
  return places.filter((place) => place !== null);
}

/** @param device the path's own device; `null`: it is among the controller's */
async function readPath(controller: string, device: string | null, namespace: string): Promise<NvmePath> {
  const own = device ?? (await hiddenDevice(controller, namespace));
  const [transport, address, state, node, anaState, scheduler] = await Promise.all([
    text(join(controller, 'transport')),
    text(join(controller, 'address')),
    text(join(controller, 'state')),
    text(join(controller, 'numa_node')),
    own === null ? null : text(join(own, 'ana_state')),
    own === null ? null : text(join(own, 'queue', 'scheduler')),
  ]);
  return {
    controller: basename(controller),
    ...{ transport, address, state, anaState },
    scheduler: parseSchedulers(scheduler ?? '').active,
    numaNode: parseCount(node),
  };
}

async function hiddenDevice(controller: string, namespace: string): Promise<string | null> {
  const names = await readdir(controller).catch((): string[] => []);
  const name = names.find((entry) => /^nvme\d+c\d+n(\d+)$/.exec(entry)?.[1] === namespace);
  return name === undefined ? null : join(controller, name);
}

async function text(path: string): Promise<string | null> {
  return (await readHostTextOrNull(path))?.trim() || null;
}
