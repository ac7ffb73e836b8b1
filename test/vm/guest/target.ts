import { mkdir, readlink, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from './programs.ts';

/** This machine as a target of NVMe over TCP, to itself: two ports, so that a namespace has two paths. */

const NVMET = '/sys/kernel/config/nvmet';
export const NQN = 'nqn.2026-11.test.warmset:models';
export const ADDRESS = '127.0.0.1';
export const SERVICES = ['4420', '4421'] as const;

export type Service = (typeof SERVICES)[number];

const subsystem = path.join(NVMET, 'subsystems', NQN);
const portOf = (service: Service): string => path.join(NVMET, 'ports', service);
const linkOf = (service: Service): string => path.join(portOf(service), 'subsystems', NQN);

/** Exports the disk with the models, which nothing mounts directly. */
export async function exportModels(): Promise<void> {
  for (const module of ['nvmet-tcp', 'nvme-tcp']) await mustRun('modprobe', module);
  await mkdir(subsystem);
  await set(subsystem, 'attr_allow_any_host', '1');
  const namespace = path.join(subsystem, 'namespaces/1');
  await mkdir(namespace);
  await set(namespace, 'device_path', await readlink('/run/disk3'));
  await set(namespace, 'enable', '1');
  for (const service of SERVICES) {
    await mkdir(portOf(service));
    await set(portOf(service), 'addr_trtype', 'tcp');
    await set(portOf(service), 'addr_adrfam', 'ipv4');
    await set(portOf(service), 'addr_traddr', ADDRESS);
    await set(portOf(service), 'addr_trsvcid', service);
    await restorePath(service);
  }
}

/** Ends its connections and refuses new ones: what the initiator sees of a target that is gone. */
export const breakPath = (service: Service): Promise<void> => unlink(linkOf(service));

export const restorePath = (service: Service): Promise<void> => symlink(subsystem, linkOf(service));

const set = (folder: string, name: string, value: string): Promise<void> =>
  writeFile(path.join(folder, name), value);
