import { basename } from 'node:path';
import { hostPath, hostPathExists, parseCount } from '../../../host/host-file.ts';
import type { HostOptions } from '../../../host/index.ts';
import { attribute, controllersOf, membersOf } from '../../nvme/sysfs.ts';
import { parseYes } from './parse.ts';
import { readController } from './read-controller.ts';
import { readControllerLog } from './read-log.ts';
import type { NvmeofController, NvmeofStatus, NvmeofSubsystem } from './types.ts';

export interface NvmeofStatusOptions extends HostOptions {
  /**
   * Asks live controllers for their SMART log with nvme-cli, which sends a command to each and needs root.
   *
   * @default false
   */
  readonly log?: boolean | undefined;
  /** Controllers on PCI Express too, which are no fabric. @default false */
  readonly local?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PARAMETERS = '/sys/module/nvme_core/parameters';

/** Every NVMe-oF subsystem that this host is connected to, with its controllers and paths, from sysfs. Needs no root. */
export async function readNvmeofStatus(options: NvmeofStatusOptions = {}): Promise<NvmeofStatus> {
  const places = await membersOf(hostPath('/sys/class/nvme-subsystem', options), /^nvme-subsys\d+$/);
  const [canConnect, timeout, multipath, ...subsystems] = await Promise.all([
    hostPathExists('/dev/nvme-fabrics', options),
    attribute(hostPath(PARAMETERS, options), 'io_timeout'),
    attribute(hostPath(PARAMETERS, options), 'multipath'),
    ...places.map((place) => readSubsystem(place, options)),
  ]);
  const nativeMultipath = parseYes(multipath);
  return {
    canConnect,
    ioTimeoutSeconds: parseCount(timeout),
    nativeMultipath,
    subsystems: subsystems
      .filter(({ controllers }) => controllers.length > 0)
      // Without multipathing the attribute is there all the same, and means nothing.
      .map((one) => (nativeMultipath === false ? { ...one, ioPolicy: null } : one)),
  };
}

async function readSubsystem(place: string, options: NvmeofStatusOptions): Promise<NvmeofSubsystem> {
  const [nqn, ioPolicy, model, serial, places] = await Promise.all([
    attribute(place, 'subsysnqn'),
    attribute(place, 'iopolicy'),
    attribute(place, 'model'),
    attribute(place, 'serial'),
    controllersOf(place),
  ]);
  const all = await Promise.all(places.map(readController));
  const wanted = all.filter(({ transport }) => options.local === true || transport !== 'pcie');
  const controllers =
    options.log === true ? await Promise.all(wanted.map((one) => withLog(one, options))) : wanted;
  return { name: basename(place), nqn, ioPolicy, model, serial, controllers };
}

async function withLog(
  controller: NvmeofController,
  { signal }: NvmeofStatusOptions,
): Promise<NvmeofController> {
  // One that isn't reached would leave the command waiting for as long as ctrl_loss_tmo says.
  if (controller.state !== 'live' || controller.type === 'discovery') return controller;
  return { ...controller, log: await readControllerLog(controller.name, { signal }) };
}

/** Every controller of a status. */
export function everyController({ subsystems }: NvmeofStatus): readonly NvmeofController[] {
  return subsystems.flatMap(({ controllers }) => controllers);
}
