import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What sysfs says of the connections, read here once more: warmset's own reading is what is checked. */

const CONTROLLERS = '/sys/class/nvme';

/** State of each controller, by the port that it is connected to. */
export async function controllerStates(): Promise<Readonly<Record<string, string>>> {
  const states: Record<string, string> = {};
  for (const name of (await readdir(CONTROLLERS)).sort()) {
    const service = /trsvcid=(\d+)/.exec(await text(CONTROLLERS, name, 'address'))?.[1];
    if (service !== undefined) states[service] = await text(CONTROLLERS, name, 'state');
  }
  return states;
}

/** The disk of a subsystem: with native multipathing it belongs to that, and not to one of its controllers. */
export async function diskOf(nqn: string): Promise<string | null> {
  for (const name of await readdir('/sys/block')) {
    if (!/^nvme\d+n\d+$/.test(name)) continue;
    if ((await text('/sys/block', name, 'device/subsysnqn')) === nqn) return `/dev/${name}`;
  }
  return null;
}

const text = async (...names: readonly string[]): Promise<string> =>
  (await readFile(path.join(...names), 'utf8').catch(() => '')).trim();
