import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostOptions, hostPath, readHostTextOrNull } from './host-file.ts';

/** What a disk is made of, by the kernel's names. */
interface DiskTree {
  readonly name: string;
  readonly members: readonly DiskTree[];
}

/** Whether any part of a disk is an NVMe namespace that is reached over TCP, by at least one of its paths. */
export async function isOverTcp(disk: DiskTree, options: HostOptions = {}): Promise<boolean> {
  const below = await Promise.all(disk.members.map((member) => isOverTcp(member, options)));
  return below.includes(true) || (await transportsOf(disk.name, options)).includes('tcp');
}

async function transportsOf(name: string, options: HostOptions): Promise<readonly string[]> {
  // With native multipathing the directory is the subsystem's and its controllers lie below, without it the controller's.
  const device = `/sys/class/block/${name}/device`;
  const entries = await readdir(hostPath(device, options)).catch((): string[] => []);
  const controllers = entries.filter((entry) => /^nvme\d+$/.test(entry));
  const texts = await Promise.all(
    ['', ...controllers].map((controller) =>
      readHostTextOrNull(join(device, controller, 'transport'), options),
    ),
  );
  return texts.flatMap((text) => text?.trim() ?? []);
}
