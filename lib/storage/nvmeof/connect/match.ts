import { isIP } from 'node:net';
import type { NvmeofController } from '../status/types.ts';
import type { ConnectRequest } from './request.ts';

type Path = Pick<
  ConnectRequest,
  'transport' | 'nqn' | 'address' | 'service' | 'hostAddress' | 'hostInterface' | 'hostNqn'
>;

/** Whether a controller is the one that a request makes. Pure. */
export function isController(controller: NvmeofController, path: Path): boolean {
  return (
    controller.subsystem === path.nqn &&
    controller.transport === path.transport &&
    sameAddress(controller.address, path.address) &&
    controller.service === path.service &&
    // What wasn't asked for is the kernel's to choose.
    (path.hostAddress === null || sameAddress(controller.hostAddress, path.hostAddress)) &&
    (path.hostInterface === null || controller.hostInterface === path.hostInterface) &&
    (path.hostNqn === null || controller.hostNqn === null || controller.hostNqn === path.hostNqn)
  );
}

/** IPv6 has many spellings, and the kernel keeps the one that it was given. */
function sameAddress(a: string | null, b: string | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && plain(a) === plain(b);
}

function plain(address: string): string {
  const [ip = '', zone] = address.split('%');
  if (isIP(ip) !== 6) return address.toLowerCase();
  return `${new URL(`http://[${ip}]`).hostname}%${zone ?? ''}`;
}
