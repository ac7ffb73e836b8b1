import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../change/index.ts';
import { WarmsetError } from '../../../errors.ts';
import { hostPath, parseCount } from '../../../host/host-file.ts';
import { type HostOptions, readProcesses } from '../../../host/index.ts';
import { attribute, entriesOf } from '../../nvme/sysfs.ts';
import { parseInterrupts, parseRings, parseRoute } from './parse-network.ts';

export interface Rings {
  readonly rx: number | null;
  readonly rxMost: number | null;
  readonly tx: number | null;
  readonly txMost: number | null;
}

/** How packets get to an address. */
export interface Way {
  readonly address: string;
  /** `null`: there is no route, or nobody could be asked. */
  readonly device: string | null;
  /** What the route or what was learnt of the path says; bytes. */
  readonly routeMtu: number | null;
  /** Of the device. */
  readonly mtu: number | null;
  readonly undivided: 'reached' | 'not reached' | 'unknown';
  readonly rings: Rings | null;
  readonly numaNode: number | null;
  /** Processors near the device, as the kernel lists them. */
  readonly nearProcessors: string | null;
  readonly interrupts: readonly Interrupt[];
}

export interface Interrupt {
  readonly number: number;
  /** Processors that it may go to, as /proc/irq lists them. */
  readonly processors: string | null;
  /** Since boot, over all processors. */
  readonly count: number | null;
}

const COMMAND_MS = 5_000;

/** @param probe sends packets that must not be divided, to see whether they arrive */
export async function readWay(
  address: string,
  options: HostOptions & { readonly probe: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Way> {
  const { signal, probe } = options;
  const route = parseRoute(
    (await ask(['ip', '-json', 'route', 'get', address.split('%')[0] ?? ''], signal)) ?? '',
  );
  const device = route.device;
  const none = { mtu: null, rings: null, numaNode: null, nearProcessors: null, interrupts: [] };
  if (device === null) return { address, ...route, undivided: 'unknown', ...none };
  const place = hostPath(`/sys/class/net/${device}`, options);
  const [mtu, node, near, rings, interrupts] = await Promise.all([
    attribute(place, 'mtu'),
    attribute(place, 'device', 'numa_node'),
    attribute(place, 'device', 'local_cpulist'),
    ask(['ethtool', '--json', '-g', device], signal),
    readInterrupts(place, options),
  ]);
  const size = route.routeMtu ?? parseCount(mtu);
  return {
    address,
    ...route,
    mtu: parseCount(mtu),
    undivided: probe && size !== null ? await reaches(address, size, signal) : 'unknown',
    rings: rings === null ? null : parseRings(rings),
    numaNode: parseCount(node),
    nearProcessors: near,
    interrupts,
  };
}

/** Whether a packet of this size gets there in one piece; without ping nobody knows. */
async function reaches(
  address: string,
  mtu: number,
  signal: AbortSignal | undefined,
): Promise<Way['undivided']> {
  const headers = address.includes(':') ? 48 : 28;
  // An IPv4 packet has at most 65535 bytes, also where the device (lo) takes more.
  const size = String(Math.max(0, Math.min(mtu, 65_535) - headers));
  const ping = ['ping', '-n', '-q', '-c', '3', '-i', '0.2', '-W', '1', '-M', 'do', '-s', size, address];
  if ((await ask(ping, signal)) !== null) return 'reached';
  // A host that answers no ping at all says nothing about sizes.
  const small = ['ping', '-n', '-q', '-c', '1', '-W', '1', '-s', '56', address];
  return (await ask(small, signal)) === null ? 'unknown' : 'not reached';
}

/** What a program says; `null` where it is missing, fails, or takes too long. */
async function ask(command: readonly string[], signal: AbortSignal | undefined): Promise<string | null> {
  try {
    return await runCommand(command, { signal, timeoutMs: COMMAND_MS });
  } catch (error) {
    if (WarmsetError.is(error)) return null;
    throw error;
  }
}

async function readInterrupts(place: string, options: HostOptions): Promise<readonly Interrupt[]> {
  const device = await realpath(join(place, 'device')).catch(() => null);
  if (device === null) return [];
  // A virtio card's interrupts are its parent's.
  const own = await entriesOf(join(device, 'msi_irqs'));
  const numbers = (own.length > 0 ? own : await entriesOf(join(device, '..', 'msi_irqs'))).map(Number);
  const counts = parseInterrupts((await attribute(hostPath('/proc/interrupts', options))) ?? '');
  return Promise.all(
    numbers.filter(Number.isSafeInteger).map(async (number) => ({
      number,
      processors: await attribute(hostPath(`/proc/irq/${number}/smp_affinity_list`, options)),
      count: counts.get(number) ?? null,
    })),
  );
}

/** irqbalance deals interrupts out anew every ten seconds. */
export async function irqbalanceRuns(options: HostOptions = {}): Promise<boolean> {
  const scan = await readProcesses(options);
  return scan?.processes.some(({ command }) => command === 'irqbalance') ?? false;
}
